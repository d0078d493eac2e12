/**
 * Media types that at least one carrier type delivers, with their other names. Sources: "Accepted content types for
 * media" (Twilio), "What MMS media types are supported?" (Bandwidth), "MMS media types" (Telnyx).
 */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['image/jpg', 'image/pjpeg'],
  'image/png': ['image/apng', 'image/x-png'],
  'image/gif': [],
  'image/webp': [],
  'image/bmp': ['image/x-ms-bmp'],
  'image/tiff': [],
  'video/mp4': ['video/x-m4v'],
  'video/3gpp': [],
  'video/3gpp2': [],
  'video/quicktime': [],
  'video/mpeg': ['video/mp1s', 'video/mp2p'],
  'video/webm': [],
  'audio/mpeg': ['audio/mp3'],
  'audio/mp4': ['audio/x-m4a', 'audio/m4a'],
  'audio/aac': [],
  'audio/amr': [],
  'audio/ogg': ['audio/vorbis', 'audio/opus'],
  'audio/wav': ['audio/x-wav', 'audio/vnd.wave', 'audio/wave'],
  'audio/3gpp': [],
  'application/pdf': [],
  'text/vcard': ['text/x-vcard', 'text/directory'],
  'text/calendar': [],
  'text/plain': [],
};

const CANONICAL = new Map(
  Object.entries(TYPES).flatMap(([type, others]) => [type, ...others].map((name) => [name, type] as const)),
);

/** @returns the usual name of a supported type, or undefined. @param type without parameters, in any case. */
export function canonicalType(type: string): string | undefined {
  return CANONICAL.get(type.toLowerCase());
}
