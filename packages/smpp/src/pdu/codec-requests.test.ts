// @module-tag sized
import fc from 'fast-check';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import { bytes, frame, ODD, tlv } from '../../../server/test/support/pdus.ts';
import { decode, encode, MalformedPdu, messageOf } from './codec.ts';

describe('Request with unexpected octets', () => {
  const FIELDS = {
    source_addr_ton: 1,
    source_addr: '15557654321',
    destination_addr: '15551234567',
    esm_class: 0x40,
    data_coding: 8,
    short_message: Buffer.from('STOP'),
  };
  const PARAMETERS = {
    receipted_message_id: 'abc-123',
    message_state: 2,
    sar_msg_ref_num: 7,
    sar_total_segments: 2,
    sar_segment_seqnum: 1,
  };
  const needed = ['message_payload', ...Object.keys(PARAMETERS)].map((name) => smpp.tlvs[name]?.id ?? 0);
  const withOctets = (pdu: Buffer, octets: Uint8Array) => {
    const whole = Buffer.concat([pdu, octets]);
    whole.writeUInt32BE(whole.length, 0);
    return whole;
  };
  const hasNeededTag = (octets: Buffer) =>
    needed.some((tag) => octets.includes(Buffer.of(tag >> 8, tag & 0xff))) || octets.at(-1) === 4;

  test.each(['enquire_link', 'unbind', 'alert_notification', 'outbind', 'cancel_sm'])(
    'A request that needs no fields is read by its header, regardless of its body: %s.',
    (command) => {
      fc.assert(
        fc.property(bytes(40), (body) => {
          expect(decode(frame(smpp.commands[command]?.id ?? 0, body)).command).toBe(command);
        }),
      );
    },
  );

  test.each(Object.entries(ODD))('A deliver_sm has all of its fields with %s behind them.', (_, suffix) => {
    for (const fields of [FIELDS, { ...FIELDS, ...PARAMETERS }, { short_message: Buffer.alloc(0) }]) {
      const pdu = encode('deliver_sm', 1, fields);
      expect(decode(withOctets(pdu, Buffer.from(suffix, 'hex')))).toMatchObject(fields);
    }
  });

  test('A message has all of its fields before any octets without a needed tag.', () => {
    const suffix = bytes(40).filter((octets) => !hasNeededTag(octets));
    fc.assert(
      fc.property(suffix, fc.boolean(), bytes(60), (octets, isReceipt, payload) => {
        const fields = { ...FIELDS, ...(isReceipt ? PARAMETERS : {}) };
        expect(decode(withOctets(encode('deliver_sm', 1, fields), octets))).toMatchObject(fields);
        const data = { ...FIELDS, message_payload: payload, short_message: undefined };
        const read = decode(withOctets(encode('data_sm', 1, data), octets));
        expect(messageOf(read)).toEqual(payload);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(['00', '0000', '000000', 'ff', 'fffe', '410000'])('Parameters behind octets %s are read.', (stray) => {
    const read = (parameters: Record<string, unknown>, text: Buffer) => {
      const without = encode('deliver_sm', 1, { ...FIELDS, short_message: text });
      const all = encode('deliver_sm', 1, { ...FIELDS, short_message: text, ...parameters });
      return decode(withOctets(without, Buffer.concat([Buffer.from(stray, 'hex'), all.subarray(without.length)])));
    };
    expect(read(PARAMETERS, FIELDS.short_message)).toMatchObject(PARAMETERS);
    for (const size of [1, 20, 200, 1_100, 10_000]) {
      const payload = Buffer.alloc(size, 'text');
      expect(messageOf(read({ message_payload: payload }, Buffer.alloc(0)))).toEqual(payload);
    }
  });

  test('A request has the first of several parameters with the same tag.', () => {
    const again = Buffer.concat([tlv(0x001e, Buffer.from('other\0')), tlv(0x0427, Buffer.of(5))]);
    expect(decode(withOctets(encode('deliver_sm', 1, PARAMETERS), again))).toMatchObject(PARAMETERS);
  });

  test.each(['deliver_sm', 'data_sm'])('A %s is malformed wherever its message_payload is cut.', (command) => {
    const fields = { ...FIELDS, short_message: Buffer.alloc(0), message_payload: Buffer.from('all of this text') };
    const whole = encode(command, 1, fields);
    for (let length = whole.length - 1; length > whole.length - 16 - 4; length -= 1) {
      expect(() => decode(withOctets(whole.subarray(0, length), Buffer.alloc(0))), `${length}`).toThrow(MalformedPdu);
    }
    // Without its tag, a missing parameter cannot be detected.
    expect(messageOf(decode(withOctets(whole.subarray(0, whole.length - 20), Buffer.alloc(0))))).toHaveLength(0);
  });

  test('A deliver_sm is malformed wherever its short message is cut.', () => {
    const whole = encode('deliver_sm', 1, FIELDS);
    for (let length = whole.length - 1; length >= 16; length -= 1) {
      expect(() => decode(withOctets(whole.subarray(0, length), Buffer.alloc(0))), `${length}`).toThrow(MalformedPdu);
    }
  });

  test.each(Object.keys(PARAMETERS))('A deliver_sm is malformed when its %s is cut.', (name) => {
    const id = smpp.tlvs[name]?.id ?? 0;
    const cut = tlv(id, Buffer.from('ab')).subarray(0, -1);
    expect(() => decode(withOctets(encode('deliver_sm', 1, FIELDS), cut))).toThrow(MalformedPdu);
  });

  test('A deliver_sm is malformed when the place of its segment is cut.', () => {
    const { sar_msg_ref_num, sar_total_segments, sar_segment_seqnum } = PARAMETERS;
    const whole = encode('deliver_sm', 1, { ...FIELDS, sar_msg_ref_num, sar_total_segments, sar_segment_seqnum });
    for (const missing of [1, 2, 3, 4]) {
      expect(() => decode(withOctets(whole.subarray(0, -missing), Buffer.alloc(0)))).toThrow(MalformedPdu);
    }
  });

  test('A request to bind may lack its last terminator.', () => {
    const whole = encode('bind_transceiver', 1, { system_id: 'us', password: 'secret', address_range: '^1' });
    expect(decode(withOctets(whole.subarray(0, -1), Buffer.alloc(0)))).toMatchObject({ address_range: '^1' });
  });
});
