/** Media types by the extension of a file name. All are supported by the server. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  '3g2': 'video/3gpp2',
  '3ga': 'audio/3gpp',
  '3gp': 'video/3gpp',
  aac: 'audio/aac',
  amr: 'audio/amr',
  bmp: 'image/bmp',
  gif: 'image/gif',
  ics: 'text/calendar',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  txt: 'text/plain',
  vcf: 'text/vcard',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
};

/** Extensions of formats that share a container. The content does not determine which of them is meant. */
const SHARED_CONTAINER: ReadonlySet<string> = new Set(['3g2', '3ga', 'aac', 'm4a']);

/** For error messages. */
export const EXTENSIONS = Object.keys(BY_EXTENSION).join(', ');

/** Content-Type with which the server detects the type from the content. */
export const DETECTED = 'application/octet-stream';

export function typeOfName(name: string): string | undefined {
  return BY_EXTENSION[extensionOf(name)];
}

/** Content-Type for the upload of a file with this name. */
export function declaredType(name: string): string {
  const extension = extensionOf(name);
  return (SHARED_CONTAINER.has(extension) && BY_EXTENSION[extension]) || DETECTED;
}

function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
