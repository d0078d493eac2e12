import fc from 'fast-check';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import { decode, encode, type Pdu } from '../pdu/codec.ts';
import type { DefaultAlphabet } from '../text/text.ts';
import { readReceipt } from './receipt.ts';
import { receiptText, withoutQuotation } from './receipt-text.ts';

const RECEIPT = 0x04;
const UDHI = 0x40;
const SECRET = 'my own words';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const gsm7 = (text: string) => smpp.encodings.ASCII.encode(text);
const little = (text: string) => Buffer.from(text, 'utf16le');
const big = (text: string) => little(text).swap16();
const marked = (encoded: (text: string) => Buffer) => (text: string) => encoded(`\ufeff${text}`);

type Coded = [name: string, dataCoding: number, encoded: (text: string) => Buffer];
const CODINGS: Coded[] = [
  ['ASCII as the default alphabet', 0x00, ascii],
  ['GSM-7', 0x00, gsm7],
  ['GSM-7 of class 1', 0xf1, gsm7],
  ['ASCII', 0x01, ascii],
  ['GSM-7 marked as ASCII', 0x01, gsm7],
  ['Latin-1', 0x03, ascii],
  ['ASCII marked as 8-bit', 0x04, ascii],
  ['ASCII marked as Shift_JIS', 0x05, ascii],
  ['UCS-2', 0x08, big],
  ['UCS-2 with a byte order mark', 0x08, marked(big)],
  ['little-endian UCS-2 with a byte order mark', 0x08, marked(little)],
  ['little-endian UCS-2', 0x08, little],
  ['UCS-2 of class 0', 0x18, big],
  ['ASCII marked as UCS-2', 0x08, ascii],
  ['UCS-2 marked as the default alphabet', 0x00, big],
];

function deliver(dataCoding: number, octets: Buffer, fields: Record<string, unknown> = {}): Pdu {
  const pdu = { esm_class: RECEIPT, data_coding: dataCoding, short_message: octets, ...fields };
  return decode(encode('deliver_sm', 1, pdu));
}

const textOf = (pdu: Pdu, defaultAlphabet: DefaultAlphabet = 'gsm7') => receiptText(pdu, { defaultAlphabet });
const read = (pdu: Pdu, defaultAlphabet?: DefaultAlphabet) => readReceipt(pdu, textOf(pdu, defaultAlphabet));

const receipt = (id: string) =>
  `id:${id} sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:UNDELIV err:027`;
const quoting = (id: string) => `${receipt(id)} text:${SECRET}`;

/** Ids without the name of another field, which would end the id. */
const id = fc
  .stringMatching(/^[0-9A-Za-z_.:@$-]{1,36}$/)
  .filter((text) => !/(id|sub|dlvrd|stat|status|err|error|text)[:=]/i.test(text));

describe('Text of a receipt', () => {
  test.each(CODINGS)('A receipt in %s has its id, its status and its error.', (_, dataCoding, encoded) => {
    fc.assert(
      fc.property(id, (one) => {
        const pdu = deliver(dataCoding, Buffer.alloc(0), { message_payload: encoded(quoting(one)) });
        expect(read(pdu)).toEqual({ id: one, state: 'FAILED', status: 'UNDELIV', errorCode: '027' });
        expect(withoutQuotation(textOf(pdu))).toBe(receipt(one));
      }),
    );
  });

  test('A receipt in Latin-1 as the default alphabet has its id.', () => {
    fc.assert(
      fc.property(id, (one) => {
        expect(read(deliver(0x00, ascii(quoting(one))), 'latin1')?.id).toBe(one);
      }),
    );
  });

  test.each(CODINGS)('The text of a receipt in %s never quotes the message.', (_, dataCoding, encoded) => {
    for (const text of [quoting('1'), `stat:NEW text:${SECRET}`, `Text: ${SECRET}`, `id:1 TEXT=${SECRET}`]) {
      expect(withoutQuotation(textOf(deliver(dataCoding, encoded(text))))).not.toMatch(/own|words/);
    }
  });

  test.each<[string, Buffer, string]>([
    ['an underscore in ASCII', ascii('id:a_b stat:DELIVRD'), 'a_b'],
    ['an underscore in GSM-7', Buffer.from('69643a61116220737461743a44454c49565244', 'hex'), 'a_b'],
    ['a bracket in GSM-7', gsm7('id:[1] stat:DELIVRD'), '[1]'],
    ['a bracket in ASCII', ascii('id:[1] stat:DELIVRD'), '[1]'],
    ['zeros behind it', ascii('stat:DELIVRD id:12\0\0'), '12'],
    ['an at sign at the end of its id', gsm7('id:12@ stat:DELIVRD'), '12@'],
    ['Latin-1 letters in its text', ascii('id:12 stat:DELIVRD err:000 text:Grüße'), '12'],
    ['line ends and tabs', ascii('id:12\r\n\tstat:DELIVRD'), '12'],
  ])('A receipt under data_coding 0 may have %s.', (_, octets, expected) => {
    expect(read(deliver(0x00, octets))).toMatchObject({ id: expected, state: 'DELIVERED', errorCode: undefined });
  });

  test('A receipt may have zeros between its fields where zero is not a letter.', () => {
    expect(read(deliver(0x03, ascii('id:12\0 stat:DELIVRD\0 err:000\0')))).toMatchObject({
      id: '12',
      status: 'DELIVRD',
      errorCode: undefined,
    });
  });

  test.each<[string, Record<string, unknown>, Buffer]>([
    ['behind a header', { esm_class: RECEIPT | UDHI }, Buffer.concat([Buffer.of(3, 0x24, 1, 1), ascii(quoting('ab'))])],
    [
      'in the first of two segments',
      { esm_class: RECEIPT | UDHI },
      Buffer.concat([Buffer.of(5, 0, 3, 9, 2, 1), ascii(quoting('ab'))]),
    ],
    ['where esm_class announces a header that is none', { esm_class: RECEIPT | UDHI }, ascii(quoting('ab'))],
    [
      'in the first of two segments by parameters',
      { sar_total_segments: 2, sar_segment_seqnum: 1 },
      ascii(quoting('ab')),
    ],
  ])('A receipt is read %s.', (_, fields, octets) => {
    expect(read(deliver(0x00, octets, fields))?.id).toBe('ab');
    const payload = { ...fields, short_message: Buffer.alloc(0), message_payload: octets };
    expect(read(deliver(0x00, octets, payload))?.id).toBe('ab');
  });

  test('The second segment of a receipt has no text unless it has fields.', () => {
    const second = (text: string) =>
      textOf(deliver(0x00, Buffer.concat([Buffer.of(5, 0, 3, 9, 2, 2), ascii(text)]), { esm_class: RECEIPT | UDHI }));
    expect(second(SECRET)).toBe('');
    expect(second('stat:DELIVRD err:000')).toBe('stat:DELIVRD err:000');
    const sar = { sar_msg_ref_num: 1, sar_total_segments: 2, sar_segment_seqnum: 2 };
    expect(textOf(deliver(0x00, ascii(SECRET), sar))).toBe('');
  });

  test('Optional parameters of a receipt are read, regardless of its text.', () => {
    const tlvs = { receipted_message_id: 'ab', message_state: 2 };
    for (const [, dataCoding, encoded] of CODINGS) {
      const pdu = deliver(dataCoding, encoded(quoting('other')), tlvs);
      expect(read(pdu)).toEqual({ id: 'ab', state: 'DELIVERED', status: 'DELIVRD', errorCode: '027' });
    }
    expect(read(deliver(0x00, Buffer.alloc(0), tlvs))?.id).toBe('ab');
  });

  test('A receipt of any octets is read as a string.', () => {
    const fields = fc.record({
      esm_class: fc.nat(255),
      data_coding: fc.nat(255),
      short_message: fc.uint8Array({ maxLength: 140 }).map((octets) => Buffer.from(octets)),
    });
    fc.assert(
      fc.property(fields, fc.constantFrom<DefaultAlphabet>('gsm7', 'latin1'), (one, alphabet) => {
        expect(typeof textOf(deliver(0, Buffer.alloc(0), one), alphabet)).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([' ', '\0', '\u0001', '\u001b', 'text ', 'id '])('A receipt of 64 KiB of %j is read quickly.', (unit) => {
    const start = performance.now();
    textOf(deliver(0x08, Buffer.alloc(0), { message_payload: Buffer.alloc(65_000, unit) }));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
