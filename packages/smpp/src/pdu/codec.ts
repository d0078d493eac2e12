import smpp, { type Pdu } from 'smpp';
import { readFields } from './reader.ts';

export type { Pdu };

/** Request with truncated fields that are needed. */
export class MalformedPdu extends Error {
  override readonly name = 'MalformedPdu';
  readonly command: string;
  /** Sequence number, for the response. */
  readonly sequence: number;

  constructor(reason: string, { command, sequence_number }: Pdu) {
    super(reason);
    this.command = command;
    this.sequence = sequence_number;
  }
}

/** Decodes a whole frame. @throws MalformedPdu for a request. Never for a response. */
export function decode(frame: Buffer): Pdu {
  const id = frame.readUInt32BE(4);
  const pdu: Pdu = Object.assign(Object.create(smpp.PDU.prototype), {
    command: smpp.commandsById[id]?.command ?? 'unknown',
    command_length: frame.length,
    command_id: id,
    command_status: frame.readUInt32BE(8),
    sequence_number: frame.readUInt32BE(12),
  });
  try {
    readFields(frame, pdu);
  } catch (error) {
    throw new MalformedPdu((error as Error).message, pdu);
  }
  return pdu;
}

/** Optional parameter by its tag, standard or vendor-specific (SMPP 3.4, §5.3.1). */
export interface Tlv {
  tag: number;
  value: Buffer;
}

/** Encodes a PDU. @param fields values by name, with texts as bytes. */
export function encode(
  command: string,
  sequence: number,
  fields: Record<string, unknown> = {},
  tlvs: readonly Tlv[] = [],
): Buffer {
  const pdu = new smpp.PDU(command, { ...fields, sequence_number: sequence });
  // Disables the filters of the package, which encode texts by their own rules.
  Object.defineProperty(pdu, '_filter', { value: () => undefined, enumerable: false });
  const bytes = pdu.toBuffer();
  if (tlvs.length === 0) return bytes;
  const whole = Buffer.concat([bytes, ...tlvs.flatMap(tlvBytes)]);
  whole.writeUInt32BE(whole.length, 0);
  return whole;
}

function tlvBytes({ tag, value }: Tlv): Buffer[] {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(value.length, 2);
  return [head, value];
}

/** Encodes a response with a status. A response that rejects has no body (SMPP 3.4, §4.4.2). */
export function encodeResponse(to: Pdu, status = 0, fields: Record<string, unknown> = {}): Buffer {
  if (to.command === 'unknown') return encode('generic_nack', to.sequence_number, { command_status: STATUS.RINVCMDID });
  return encode(`${to.command}_resp`, to.sequence_number, { ...fields, command_status: status });
}

/** `short_message`, or `message_payload` for a longer text (SMPP 3.4, §5.3.2.32). */
export function messageOf(pdu: Pdu): Buffer {
  const short = pdu['short_message'];
  if (Buffer.isBuffer(short) && short.length > 0) return short;
  const payload = pdu['message_payload'];
  return Buffer.isBuffer(payload) ? payload : Buffer.alloc(0);
}

/** Field as text. Empty if the field is missing, or neither a string nor a buffer. */
export function stringOf(pdu: Pdu, field: string): string {
  const value = pdu[field];
  const text = Buffer.isBuffer(value) ? value.toString('latin1') : typeof value === 'string' ? value : '';
  // Some carriers end strings with a zero where none belongs.
  return text.split('\0', 1)[0] as string;
}

/** Field as a number. Undefined if the field is missing. */
export function numberOf(pdu: Pdu, field: string): number | undefined {
  const value = pdu[field];
  return typeof value === 'number' ? value : undefined;
}

/** Whether the highest bit of the command id marks a response (SMPP 3.4, §5.1.2.1). */
export function isResponse(pdu: Pdu): boolean {
  return (pdu['command_id'] as number) >= 0x80000000;
}

/** Command statuses with a special meaning here (SMPP 3.4, §5.1.3). */
export const STATUS = {
  ROK: 0x00,
  RINVCMDID: 0x03,
  RINVBNDSTS: 0x04,
  RSYSERR: 0x08,
  RBINDFAIL: 0x0d,
  RINVPASWD: 0x0e,
  RINVSYSID: 0x0f,
  RMSGQFUL: 0x14,
  RINVSYSTYP: 0x53,
  RTHROTTLED: 0x58,
  RX_T_APPN: 0x64,
} as const;

const NAMES = new Map(Object.entries(smpp.errors).map(([name, status]) => [status, name]));

/** Name of a status: `ESME_RTHROTTLED`, or `0x00000401` for a status of the carrier itself. */
export function statusName(status: number): string {
  return NAMES.get(status) ?? `0x${status.toString(16).padStart(8, '0')}`;
}
