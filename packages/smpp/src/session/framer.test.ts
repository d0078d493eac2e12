import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer, NotSmpp } from './framer.ts';

/** PDU with a body. The other fields of its header have no effect here. */
function pdu(body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16 + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.set(body, 16);
  return bytes;
}

function lengthOnly(length: number, more = 12): Buffer {
  const bytes = Buffer.alloc(4 + more);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

const pdus = fc.array(fc.uint8Array({ maxLength: 300 }).map(pdu), { maxLength: 12 });
const cuts = fc.array(fc.nat(4_000), { maxLength: 40 });

function cut(stream: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.filter((place) => place <= stream.length), stream.length].toSorted((a, b) => a - b);
  return places.slice(1).map((end, i) => stream.subarray(places[i], end));
}

describe('Stream of PDUs', () => {
  test('A stream gives the same PDUs, however the stream is cut.', () => {
    fc.assert(
      fc.property(pdus, cuts, (sent, at) => {
        const framer = new Framer();
        expect(cut(Buffer.concat(sent), at).flatMap((chunk) => framer.push(chunk))).toEqual(sent);
      }),
    );
  });

  test('A stream gives each PDU with its last byte, and not before.', () => {
    const sent = [pdu(Buffer.from('one')), pdu(Buffer.alloc(0)), pdu(Buffer.alloc(500, 1))];
    const framer = new Framer();
    const whole: [end: number, frame: Buffer][] = [];
    for (const [i, byte] of Buffer.concat(sent).entries()) {
      for (const frame of framer.push(Buffer.of(byte))) whole.push([i + 1, frame]);
    }
    expect(whole).toEqual([
      [19, sent[0]],
      [35, sent[1]],
      [551, sent[2]],
    ]);
  });

  test('A stream may have a PDU with the longest possible text.', () => {
    const longest = pdu(Buffer.alloc(65_535 + 300, 7));
    expect(new Framer().push(longest)).toEqual([longest]);
  });

  test('A returned PDU stays unchanged, regardless of later octets.', () => {
    const framer = new Framer();
    const [first] = framer.push(Buffer.concat([pdu(Buffer.from('first')), Buffer.of(0, 0)]));
    framer.push(Buffer.concat([Buffer.of(0, 21), pdu(Buffer.from('other')).subarray(4)]));
    expect(first).toEqual(pdu(Buffer.from('first')));
  });
});

describe('Invalid length of a PDU', () => {
  test.each([0, 1, 15, 70_001, 0x7fffffff, 0x80000000, 0xffffffff, Buffer.from('HTTP').readUInt32BE()])(
    'A length of %i is not SMPP.',
    (length) => {
      expect(() => new Framer().push(lengthOnly(length))).toThrow(NotSmpp);
    },
  );

  test('An invalid length is rejected as soon as its four bytes are read, without a wait for the body.', () => {
    const framer = new Framer();
    expect(framer.push(lengthOnly(0xffffffff, 0).subarray(0, 3))).toEqual([]);
    expect(() => framer.push(Buffer.of(0xff))).toThrow(NotSmpp);
  });

  test('Any bytes are rejected as not SMPP, or are PDUs of their stated lengths.', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, at) => {
        const framer = new Framer();
        try {
          for (const frame of cut(Buffer.from(bytes), at).flatMap((chunk) => framer.push(chunk))) {
            expect(frame.readUInt32BE(0)).toBe(frame.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(NotSmpp);
        }
      }),
    );
  });
});
