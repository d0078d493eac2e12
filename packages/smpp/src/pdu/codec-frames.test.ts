// @module-tag sized
import fc from 'fast-check';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import { bytes, DELIVER_SM, frame, octet, submit, tlv } from '../../../server/test/support/pdus.ts';
import { sized } from '../../../server/test/support/thorough.ts';
import { decode, encode, isResponse, MalformedPdu, messageOf, numberOf, type Pdu, stringOf } from './codec.ts';

describe('Received frame', () => {
  const commands = Object.values(smpp.commands).map(({ id }) => id);
  const tags = Object.values(smpp.tlvs).map(({ id }) => id);
  const someTlv = fc
    .tuple(fc.oneof(fc.constantFrom(...tags), fc.integer({ min: 0, max: 0xffff })), bytes(20))
    .map(([tag, value]) => tlv(tag, value));
  const random = fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...commands) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
      ),
      bytes(80),
      fc.array(someTlv, { maxLength: 4 }),
    )
    .map(([command, body, tlvs]) => frame(command, Buffer.concat([body, ...tlvs])));
  const mutated = fc
    .tuple(
      submit,
      fc.array(fc.tuple(fc.nat(2_000), octet), { maxLength: 8 }),
      fc.array(someTlv, { maxLength: 4 }),
      fc.nat(2_000),
    )
    .map(([fields, changes, tlvs, cutAt]) => {
      const whole = Buffer.concat([encode('submit_sm', 5, fields), ...tlvs]);
      for (const [at, value] of changes) whole[4 + (at % (whole.length - 4))] = value;
      const cut = whole.subarray(0, 16 + (cutAt % (whole.length - 15)));
      // The length is correct, as in the frames of the framer.
      cut.writeUInt32BE(cut.length, 0);
      return cut;
    });

  /** Reads everything that the session reads from a PDU. */
  function ask(pdu: Pdu): void {
    expect(typeof isResponse(pdu)).toBe('boolean');
    expect(messageOf(pdu)).toBeInstanceOf(Buffer);
    for (const field of ['message_id', 'receipted_message_id', 'source_addr'])
      expect(typeof stringOf(pdu, field)).toBe('string');
    for (const field of ['esm_class', 'message_state', 'sar_total_segments']) {
      expect(['number', 'undefined']).toContain(typeof numberOf(pdu, field));
    }
  }

  test.each([
    ['random', random],
    ['mutated', mutated],
  ])(
    'Each of 10,000 %s frames is decoded or is malformed with its sequence number, and no other error is thrown.',
    (_, frames) => {
      let malformed = 0;
      fc.assert(
        fc.property(frames, (bytesOfOne) => {
          try {
            ask(decode(bytesOfOne));
          } catch (error) {
            if (!(error instanceof MalformedPdu)) throw error;
            expect(error.sequence).toBe(bytesOfOne.readUInt32BE(12));
            malformed += 1;
          }
        }),
        { numRuns: sized(10_000) },
      );
      // Both outcomes occur.
      expect(malformed).toBeGreaterThan(0);
      expect(malformed).toBeLessThan(sized(10_000));
    },
  );

  test('A PDU is malformed when a number ends outside of the PDU.', () => {
    const whole = Buffer.concat([DELIVER_SM, tlv(0x020c, Buffer.of(1, 2)).subarray(0, 5)]);
    whole.writeUInt32BE(whole.length, 0);
    expect(() => decode(whole)).toThrow(MalformedPdu);
  });

  // Regression: missing mandatory fields were omitted without an error, and a short_message that is shorter than its
  // sm_length was accepted. The session then took a deliver_sm without addresses and text for an inbound message.
  test.each<[string, number]>([
    ['before its addresses', 20],
    ['before its short message', DELIVER_SM.length - 6],
    ['within its short message', DELIVER_SM.length - 2],
  ])('A deliver_sm that ends %s is malformed.', (_, length) => {
    const whole = Buffer.from(DELIVER_SM.subarray(0, length));
    whole.writeUInt32BE(length, 0);
    expect(() => decode(whole)).toThrow(MalformedPdu);
  });

  test('A PDU with an unknown command id is decoded with the command `unknown`.', () => {
    const pdu = decode(frame(0x00000999, Buffer.from('body')));
    expect([pdu.command, pdu.sequence_number, isResponse(pdu)]).toEqual(['unknown', 7, false]);
    expect(isResponse(decode(frame(0x80000999, Buffer.from('body'))))).toBe(true);
  });

  test('A response without a body, such as a rejection, is decoded.', () => {
    expect(decode(frame(0x80000004, Buffer.alloc(0), 0x58))).toMatchObject({
      command: 'submit_sm_resp',
      command_status: 0x58,
    });
  });

  test('A string field ends at its first zero, even with more zeros than specified.', () => {
    const pdu = decode(DELIVER_SM);
    expect(stringOf({ ...pdu, message_id: Buffer.from('12\0\0') }, 'message_id')).toBe('12');
    expect(stringOf({ ...pdu, message_id: 'ab\0c' }, 'message_id')).toBe('ab');
    expect(stringOf({ ...pdu, message_id: 7 }, 'message_id')).toBe('');
  });

  // Regression: the package reads a TLV that is a C string up to the next zero byte, and not to the end of the TLV.
  // Many carriers omit the zero. The id then ended with the tag of the next parameter, and the receipt matched nothing.
  test('An id without a final zero ends at the length of its parameter.', () => {
    const more = Buffer.concat([tlv(0x001e, Buffer.from('12345')), tlv(0x0427, Buffer.of(2))]);
    const whole = Buffer.concat([DELIVER_SM, more]);
    whole.writeUInt32BE(whole.length, 0);
    expect(stringOf(decode(whole), 'receipted_message_id')).toBe('12345');
  });

  // Regression: the package rejects PDUs of more than 16,384 bytes, while the framer accepts up to 70,000.
  test('A PDU with the longest possible message_payload is decoded.', () => {
    const payload = Buffer.alloc(0xffff, 0x41);
    expect(messageOf(decode(encode('deliver_sm', 1, { message_payload: payload })))).toEqual(payload);
  });

  // Regression: a TLV whose length goes beyond the PDU was shortened instead.
  test('A PDU is malformed when an optional parameter ends outside of the PDU.', () => {
    const whole = Buffer.concat([DELIVER_SM, Buffer.from([0x04, 0x24, 0x00, 0xff, 0x41])]);
    whole.writeUInt32BE(whole.length, 0);
    expect(() => decode(whole)).toThrow(MalformedPdu);
  });
});
