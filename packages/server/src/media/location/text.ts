/** Names of fields for positions and places, in XMP (ISO 16684-1), comments and text chunks. */
const PLACES = /gps|latitude|longitude|location|geo[:_. -]|[:_. ](city|country|state|sublocation)/i;

/** Whether metadata in the form of a text may tell a place. A text in UTF-16 counts as one. Zeros at the end are padding. */
export function textShowsLocation(text: Buffer): boolean {
  const unpadded = text.subarray(0, text.findLastIndex((byte) => byte !== 0) + 1);
  return unpadded.includes(0) || PLACES.test(unpadded.toString('latin1'));
}

/**
 * Data sets of IPTC-IIM 4.2 about places: content location (2:26, 2:27), city, sublocation, province, country (2:90 to
 * 2:101).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a data set begins with a control character
const IPTC_PLACES = /\x1c\x02[\x1a\x1b\x5a-\x65]/;
/** Image resources with Exif or XMP (Photoshop file format, 1058 to 1060). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the number of a resource is binary
const NESTED = /8BIM\x04[\x22-\x24]/;

/** Whether IPTC data sets, or the image resources of Photoshop around them, may tell a place. */
export function iptcShowsLocation(data: Buffer): boolean {
  const text = data.toString('latin1');
  return IPTC_PLACES.test(text) || NESTED.test(text);
}
