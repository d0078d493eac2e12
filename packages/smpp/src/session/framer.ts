/** Octets of length, command id, status and sequence number (SMPP 3.4, §3.2). */
const HEADER = 16;
/** Limit in octets, above any valid PDU. The largest field, message_payload, has at most 64 KiB. */
const LONGEST = 70_000;

/** The stream is not SMPP. Data after the invalid length cannot be read. */
export class NotSmpp extends Error {
  override readonly name = 'NotSmpp';
}

/** Cuts a stream of bytes into PDUs, however the stream is cut into chunks. */
export class Framer {
  #chunks: Buffer[] = [];
  #size = 0;

  /** Adds a chunk. @returns the PDUs that are complete by now. @throws NotSmpp for a length that no PDU has. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Buffer[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Buffer | undefined {
    if (this.#size < 4) return undefined;
    const length = this.#head(4).readUInt32BE(0);
    if (length < HEADER || length > LONGEST) throw new NotSmpp(`invalid PDU length of ${length} bytes`);
    if (this.#size < length) return undefined;
    const bytes = this.#head(length);
    this.#chunks[0] = bytes.subarray(length);
    this.#size -= length;
    return bytes.subarray(0, length);
  }

  /** First chunk. Joins all chunks if the first one is shorter than `length`. */
  #head(length: number): Buffer {
    const [first] = this.#chunks;
    if (first && first.length >= length) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }
}
