// @module-tag sized
import fc from 'fast-check';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import { sized } from '../../../server/test/support/thorough.ts';
import {
  decode,
  encode,
  encodeResponse,
  isResponse,
  MalformedPdu,
  messageOf,
  numberOf,
  type Pdu,
  STATUS,
  statusName,
  stringOf,
} from './codec.ts';

const octet = fc.integer({ min: 0, max: 0xff });
const sequence = fc.integer({ min: 1, max: 0x7fffffff });
const ascii = (maxLength: number) =>
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const submit = fc.record({
  service_type: ascii(5),
  source_addr_ton: octet,
  source_addr_npi: octet,
  source_addr: ascii(20),
  dest_addr_ton: octet,
  dest_addr_npi: octet,
  destination_addr: ascii(20),
  esm_class: octet,
  data_coding: octet,
  registered_delivery: octet,
  validity_period: fc.constantFrom('', '000001020304000R'),
  short_message: bytes(254),
});

/** Tags that the package does not know: 0x1400 to 0x3fff are vendor-specific (SMPP 3.4, §5.3.1). */
const ownTag = fc.integer({ min: 0x1400, max: 0x3fff });

/** Bytes of a PDU with their correct length. */
function frame(commandId: number, body: Uint8Array, status = 0, sequenceNumber = 7): Buffer {
  const whole = Buffer.alloc(16 + body.length);
  for (const [i, field] of [whole.length, commandId, status, sequenceNumber].entries())
    whole.writeUInt32BE(field, 4 * i);
  whole.set(body, 16);
  return whole;
}

function tlv(tag: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

const DELIVER_SM = encode('deliver_sm', 1, { source_addr: '15551234567', short_message: Buffer.from('text') });

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

  test('A response without a body, such as a refusal, is decoded.', () => {
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

  // Regression: the package refuses PDUs of more than 16,384 bytes, while the framer accepts up to 70,000.
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

/** Octets that follow the expected octets of a PDU, or replace them. */
const ODD: Record<string, string> = {
  'a zero': '00',
  'three zeros': '000000',
  'eight zeros': '0000000000000000',
  'a letter': '41',
  'binary octets': 'fffefdfcfb',
  'half a tag': '14',
  'a tag': '1400',
  'a tag and half a length': '140000',
  'a truncated parameter': '140000ff4142',
  'a truncated parameter that SMPP names': '02040002ff',
  'a parameter': '14000003414243',
  'a parameter, and a zero': '1400000341424300',
  'a zero, and a parameter': '0014000003414243',
};

describe('Response with unexpected octets', () => {
  const commandIds = Object.values(smpp.commands).flatMap(({ id }) => (id >= 0x80000000 ? [id] : []));
  const idOf = (body: string, status = 0) => {
    const pdu = decode(frame(0x80000004, Buffer.from(body, 'hex'), status));
    return stringOf(pdu, 'message_id');
  };
  const hex = (text: string) => Buffer.from(text).toString('hex');

  test('A response is never malformed, regardless of its command and its body.', () => {
    const status = fc.integer({ min: 0, max: 0xffffffff });
    const body = fc.oneof(
      bytes(80),
      fc.array(fc.constantFrom(0, 0x04, 0x24, 0x1e, 0x31, 0xff), { maxLength: 40 }).map((all) => Buffer.from(all)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...commandIds), status, body, (command, is, octets) => {
        const pdu = decode(frame(command, octets, is));
        expect([pdu.command_status, pdu.sequence_number]).toEqual([is, 7]);
        for (const field of ['message_id', 'system_id']) expect(typeof stringOf(pdu, field)).toBe('string');
      }),
      { numRuns: sized(5_000) },
    );
    expect(commandIds.length).toBeGreaterThan(10);
  });

  test('A carrier message id is read before any other octets.', () => {
    const id = fc.stringMatching(/^[0-9A-Za-z_.:@$-]{1,64}$/);
    const zeros = fc.nat(8).map((length) => Buffer.alloc(length));
    fc.assert(
      fc.property(id, fc.oneof(bytes(80), zeros), (text, suffix) => {
        expect(idOf(`${hex(text)}00${suffix.toString('hex')}`)).toBe(text);
      }),
    );
  });

  test.each(Object.entries(ODD))('A carrier message id is read with its terminator and %s behind it.', (_, suffix) => {
    expect(idOf(`${hex('abc-123')}00${suffix}`)).toBe('abc-123');
  });

  test('A short id with two terminators is read as an id, not as a parameter without a value.', () => {
    for (const id of ['ab', '12', '1', 'abcdef']) expect(idOf(`${hex(id)}0000`)).toBe(id);
  });

  test.each<[string, string, string]>([
    ['no terminator', hex('abc-123'), 'abc-123'],
    ['no terminator, and a parameter', `${hex('abc-123')}14000003414243`, 'abc-123'],
    ['no terminator, and a parameter whose tag begins with a zero', `${hex('abc-123')}001e000341424300`, 'abc-123'],
    ['spaces around the id', `20${hex('abc-123')}202000`, 'abc-123'],
    ['a line end behind the id', `${hex('abc-123')}0d0a00`, 'abc-123'],
    ['no body', '', ''],
    ['an empty id', '00', ''],
    ['an empty id, and zeros', '0000000000', ''],
    ['a parameter alone', '14000003414243', ''],
    ['a parameter alone whose tag begins with a zero', '001d000341424300', ''],
    ['a truncated parameter alone', '042400ff41', ''],
  ])('A response has its carrier message id, or no id: %s.', (_, body, id) => {
    expect(idOf(body)).toBe(id);
    expect(decode(frame(0x80000004, Buffer.from(body, 'hex'), 0x0b)).command_status).toBe(0x0b);
  });

  test.each<[string, string]>([
    ['a terminator', '7468656d0002100001 34'],
    ['no terminator', '7468656d02100001 34'],
    ['two terminators', '7468656d000002100001 34'],
  ])('A response to a bind has system id and version with %s.', (_, body) => {
    const pdu = decode(frame(0x80000009, Buffer.from(body.replace(' ', ''), 'hex')));
    expect([stringOf(pdu, 'system_id'), pdu['sc_interface_version']]).toEqual(['them', 0x34]);
  });

  test('A response to a bind may have 16 or 17 octets.', () => {
    expect(stringOf(decode(frame(0x80000009, Buffer.alloc(0))), 'system_id')).toBe('');
    expect(stringOf(decode(frame(0x80000009, Buffer.alloc(1))), 'system_id')).toBe('');
  });
});

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
