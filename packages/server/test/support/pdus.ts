/** PDUs and their parts, for the tests of the codec. */
import { encode } from '@redcloud/smpp';
import fc from 'fast-check';

export const octet = fc.integer({ min: 0, max: 0xff });
const ascii = (maxLength: number) =>
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength });
export const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

export const submit = fc.record({
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

/** Bytes of a PDU with their correct length. */
export function frame(commandId: number, body: Uint8Array, status = 0, sequenceNumber = 7): Buffer {
  const whole = Buffer.alloc(16 + body.length);
  for (const [i, field] of [whole.length, commandId, status, sequenceNumber].entries())
    whole.writeUInt32BE(field, 4 * i);
  whole.set(body, 16);
  return whole;
}

export function tlv(tag: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

export const DELIVER_SM = encode('deliver_sm', 1, { source_addr: '15551234567', short_message: Buffer.from('text') });

/** Octets that follow the expected octets of a PDU, or replace them. */
export const ODD: Record<string, string> = {
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
