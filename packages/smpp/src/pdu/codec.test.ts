// @module-tag sized
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, DELIVER_SM, frame, submit } from '../../../server/test/support/pdus.ts';
import { decode, encode, encodeResponse, isResponse, messageOf, STATUS, statusName } from './codec.ts';

const sequence = fc.integer({ min: 1, max: 0x7fffffff });

/** Tags that the package does not define: 0x1400 to 0x3fff are vendor-specific (SMPP 3.4, §5.3.1). */
const ownTag = fc.integer({ min: 0x1400, max: 0x3fff });

describe('Encoded PDU', () => {
  test('An encoded PDU is decoded to the same fields, with texts as the same bytes.', () => {
    fc.assert(
      fc.property(submit, sequence, (fields, number) => {
        const encoded = encode('submit_sm', number, fields);
        expect(encoded.readUInt32BE(0)).toBe(encoded.length);
        expect(decode(encoded)).toMatchObject({ ...fields, command: 'submit_sm', sequence_number: number });
      }),
    );
  });

  test('An encoded PDU keeps known optional parameters by name and vendor-specific ones by tag.', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(ownTag, bytes(254)), { selector: ([tag]) => tag }),
        bytes(300),
        (own, payload) => {
          const known = {
            sar_msg_ref_num: 0xabcd,
            sar_total_segments: 3,
            sar_segment_seqnum: 2,
            message_payload: payload,
          };
          const tlvs = own.map(([tag, value]) => ({ tag, value }));
          const encoded = encode('submit_sm', 1, { short_message: Buffer.alloc(0), ...known }, tlvs);
          const pdu = decode(encoded);
          expect(encoded.readUInt32BE(0)).toBe(encoded.length);
          expect(pdu).toMatchObject(known);
          for (const [tag, value] of own) expect(pdu[tag]).toEqual(value);
        },
      ),
    );
  });

  test.each<[string, Record<string, unknown>]>([
    ['bind_transceiver', { system_id: 'us', password: 'secret', system_type: 'VMA', interface_version: 0x34 }],
    ['bind_transceiver_resp', { system_id: 'them' }],
    [
      'deliver_sm',
      { source_addr: '1', destination_addr: '2', esm_class: 4, short_message: Buffer.from('id:1 stat:DELIVRD') },
    ],
    ['submit_sm_resp', { message_id: 'abc-1' }],
    [
      'data_sm',
      { source_addr: '1', destination_addr: '2', data_coding: 8, message_payload: Buffer.from([0xd8, 0x3d]) },
    ],
    ['enquire_link', {}],
    ['unbind', {}],
    ['generic_nack', {}],
  ])('An encoded %s is decoded to the same fields.', (command, fields) => {
    expect(decode(encode(command, 0x7fffffff, fields))).toMatchObject({
      ...fields,
      command,
      sequence_number: 0x7fffffff,
    });
  });

  test('A vendor-specific parameter without a value has an empty value.', () => {
    expect(decode(encode('submit_sm', 1, {}, [{ tag: 0x1400, value: Buffer.alloc(0) }]))[0x1400]).toEqual(
      Buffer.alloc(0),
    );
  });
});

describe('encodeResponse', () => {
  const deliver = decode(DELIVER_SM);

  test('A response has the sequence number of its request and the given status.', () => {
    const ok = decode(encodeResponse(deliver));
    expect(ok).toMatchObject({ command: 'deliver_sm_resp', sequence_number: 1, command_status: 0 });
    const refused = encodeResponse(deliver, STATUS.RX_T_APPN);
    expect(decode(refused)).toMatchObject({ command: 'deliver_sm_resp', sequence_number: 1, command_status: 0x64 });
    expect(refused).toHaveLength(16);
    expect([isResponse(deliver), isResponse(ok)]).toEqual([false, true]);
  });

  test('The response to an unknown command is generic_nack.', () => {
    const nack = decode(encodeResponse(decode(frame(0x999, Buffer.alloc(0)))));
    expect(nack).toMatchObject({ command: 'generic_nack', sequence_number: 7, command_status: STATUS.RINVCMDID });
    expect(isResponse(nack)).toBe(true);
  });
});

test('The message of a PDU is the short message, or else the payload, or else empty.', () => {
  const message = (fields: Record<string, unknown>) => messageOf(decode(encode('deliver_sm', 1, fields))).toString();
  expect(message({ short_message: Buffer.from('short') })).toBe('short');
  expect(message({ message_payload: Buffer.from('payload') })).toBe('payload');
  expect(message({ short_message: Buffer.from('short'), message_payload: Buffer.from('payload') })).toBe('short');
  expect(message({})).toBe('');
});

test.each([
  [0x58, 'ESME_RTHROTTLED'],
  [0x0e, 'ESME_RINVPASWD'],
  [0x401, '0x00000401'],
  [0xffffffff, '0xffffffff'],
])('The status %i has the name %s.', (status, name) => {
  expect(statusName(status)).toBe(name);
});
