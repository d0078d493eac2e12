import { encode } from '@redcloud/smpp';
import fc from 'fast-check';

/** Data that a hostile SMSC sends in one burst. */
export interface Attack {
  /** PDUs and arbitrary bytes. */
  pieces: Buffer[];
  /** Offsets at which the bytes are split into writes. */
  cuts: number[];
  /** Expected reason for the end of the session. undefined: the session continues unaffected. */
  ending: RegExp | undefined;
}

/** Used neither by the connector nor by the requests of the tests. */
const sequence = fc.integer({ min: 0x10000, max: 0xffffffff });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((all) => Buffer.from(all));
const HEADER = 16;
const DELIVER_SM = 0x05;
const UNBIND = 0x06;
const ENQUIRE_LINK = 0x15;
const GENERIC_NACK = 0x80000000;

function pdu(commandId: number, status: number, sequenceNumber: number, body: Buffer): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUInt32BE(HEADER + body.length, 0);
  head.writeUInt32BE(commandId, 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequenceNumber, 12);
  return Buffer.concat([head, body]);
}

function withLength(piece: Buffer, length: number): Buffer {
  const other = Buffer.from(piece);
  other.writeUInt32BE(length >>> 0, 0);
  return other;
}

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const anyCommand = fc.oneof(
  uint32.filter((id) => id !== UNBIND),
  // Range of the defined commands (binds, submits, outbind, data_sm) and of the gaps between them.
  fc.integer({ min: 0, max: 0x110 }).filter((id) => id !== UNBIND),
);
const strange = fc.tuple(anyCommand, uint32, sequence, bytes(120)).map((fields) => pdu(...fields));

const unaskedResponse = fc
  .tuple(fc.integer({ min: 0, max: 0x110 }), uint32, sequence, bytes(40))
  .map(([id, ...rest]) => pdu((id | GENERIC_NACK) >>> 0, ...rest));
const genericNack = fc
  .tuple(uint32, sequence)
  .map(([status, number]) => pdu(GENERIC_NACK, status, number, Buffer.alloc(0)));
const enquireLinks = fc.tuple(sequence, fc.integer({ min: 5, max: 40 })).map(([number, count]) => {
  return Array.from({ length: count }, () => pdu(ENQUIRE_LINK, 0, number, Buffer.alloc(0)));
});

const receiptText = fc
  .array(fc.constantFrom('id', 'stat', 'err', ':', '=', ' ', 'text', 'DELIVRD', '000', 'done date', '\0', '\n', 'é'))
  .map((words) => Buffer.from(words.join(''), 'latin1'));
/** A header with arbitrary values for its own length and for those of its elements. */
const udh = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 8, 5, 36, 255), bytes(20))
  .map(([length, id, rest]) => Buffer.concat([Buffer.of(length, id), rest]));
const octet = fc.integer({ min: 0, max: 255 });
const address = fc.oneof(fc.constant(''), fc.stringMatching(/^[+0-9a-z]{1,40}$/));

const delivered = fc
  .record({
    command: fc.constantFrom('deliver_sm', 'deliver_sm', 'data_sm'),
    number: sequence,
    fields: fc.record({
      source_addr_ton: octet,
      source_addr: address,
      destination_addr: address,
      esm_class: fc.oneof(fc.constantFrom(0, 4, 0x20, 0x40, 0x44), octet),
      data_coding: fc.oneof(fc.constantFrom(0, 3, 8), octet),
      short_message: fc.oneof(bytes(140), udh, receiptText),
    }),
  })
  .map(({ command, number, fields }) => encode(command, number, fields));

const tlv = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(0x001e, 0x0427, 0x0423, 0x0424, 0x020c, 0x020e, 0x020f),
      fc.integer({ max: 0xffff, min: 0 }),
    ),
    // Mostly the actual length, sometimes another one.
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ max: 0xffff, min: 0 }) },
    ),
    fc.oneof(bytes(12), receiptText),
  )
  .map(([tag, said, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(tag, 0);
    head.writeUInt16BE(said ?? value.length, 2);
    return Buffer.concat([head, value]);
  });
const withTlvs = fc.tuple(delivered, fc.array(tlv, { minLength: 1, maxLength: 6 })).map(([piece, tlvs]) => {
  const whole = Buffer.concat([piece, ...tlvs]);
  return withLength(whole, whole.length);
});

const meant = fc.oneof(delivered, withTlvs, unaskedResponse, strange);

/** Replaces some bytes. @param from first offset that can change. */
const mutated = (from: number) =>
  fc.tuple(meant, fc.array(fc.tuple(fc.nat(), octet), { minLength: 1, maxLength: 8 })).map(([piece, changes]) => {
    const other = Buffer.from(piece);
    const places = other.length - from;
    if (places > 0) for (const [at, value] of changes) other[from + (at % places)] = value;
    return other;
  });
const cutShort = fc.tuple(meant, fc.nat()).map(([piece, at]) => {
  const short = piece.subarray(0, HEADER + (at % (piece.length - HEADER + 1)));
  return withLength(short, short.length);
});

/** PDUs with arbitrary content but a valid length. The PDUs that follow are not affected. */
const framed = fc.oneof(
  { weight: 60, arbitrary: fc.oneof(delivered, withTlvs, mutated(HEADER), cutShort, strange).map((one) => [one]) },
  { weight: 30, arbitrary: fc.oneof(unaskedResponse, genericNack).map((one) => [one]) },
  { weight: 2, arbitrary: enquireLinks },
);

const unframed = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((all) => Buffer.from(all)),
  mutated(0),
  fc
    .tuple(meant, fc.oneof(uint32, fc.integer({ min: 0, max: 80_000 })))
    .map(([piece, length]) => withLength(piece, length)),
  fc.tuple(meant, fc.nat()).map(([piece, at]) => piece.subarray(0, at % piece.length)),
  fc.constant(Buffer.from('GET / HTTP/1.1\r\nHost: smpp\r\n\r\n')),
);

const cuts = fc.array(fc.nat(20_000), { maxLength: 6 });
const some = (least: number, most: number, one: fc.Arbitrary<Buffer[]>) =>
  fc.array(one, { minLength: least, maxLength: most, size: 'max' }).map((all) => all.flat());

/** Longer than any PDU, so that it completes every pending read. The length in it is invalid for a PDU. */
const THE_END = Buffer.alloc(70_016);
const NOT_SMPP = /^the received data is not SMPP: ./;

const endings = fc.oneof(
  some(
    1,
    40,
    fc.oneof(
      framed,
      unframed.map((one) => [one]),
    ),
  ).map((all) => ({
    pieces: [...all, THE_END],
    // A changed byte can turn any PDU into an unbind.
    ending: /^(the received data is not SMPP: .|the peer has unbound$)/,
  })),
  fc.tuple(some(1, 40, framed), sequence).map(([all, number]) => ({
    pieces: [...all, ...Array.from({ length: 20 }, () => pdu(DELIVER_SM, 0, number, Buffer.of(1)))],
    ending: NOT_SMPP,
  })),
  some(1, 40, framed).map((all) => ({
    pieces: [...all, pdu(UNBIND, 0, 0x10000, Buffer.alloc(0))],
    ending: /^the peer has unbound$/,
  })),
);

const harmless = some(100, 300, framed).map((pieces) => ({ pieces, ending: undefined }));

export const ATTACKS: fc.Arbitrary<Attack> = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: endings }, { weight: 1, arbitrary: harmless }), cuts)
  .map(([attack, at]) => ({ ...attack, cuts: at }));
