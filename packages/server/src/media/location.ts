/** Tag of the directory with the position (Exif 2.32, §4.6.3). */
const GPS_DIRECTORY = 0x8825;
const ENTRY_BYTES = 12;

/**
 * Whether metadata of an image tell where it was taken.
 * @param exif content of the Exif segment, with or without its header.
 * @param xmp XMP packet (ISO 16684-1).
 */
export function hasLocation(exif: Buffer | undefined, xmp: Buffer | undefined): boolean {
  return (
    (exif !== undefined && hasGpsDirectory(exif)) ||
    (xmp !== undefined && /GPS(Latitude|Longitude)/.test(xmp.toString('latin1')))
  );
}

/** Unreadable metadata count as a location, since another reader may understand them. */
function hasGpsDirectory(exif: Buffer): boolean {
  const tiff = exif.subarray(0, 6).toString('latin1') === 'Exif\0\0' ? exif.subarray(6) : exif;
  const order = tiff.subarray(0, 2).toString('latin1');
  if (order !== 'II' && order !== 'MM') return true;
  const isLittle = order === 'II';
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = long(4);
    const entries = short(directory);
    for (let i = 0; i < entries; i += 1) {
      if (short(directory + 2 + i * ENTRY_BYTES) === GPS_DIRECTORY) return true;
    }
    return false;
  } catch {
    return true;
  }
}
