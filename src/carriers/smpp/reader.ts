import smpp, { type FieldType, type Pdu } from 'smpp';

/** The package's types of fields, by one that is of each. */
const MANDATORY = smpp.commands['submit_sm']?.params ?? {};
const INT8 = MANDATORY['data_coding']?.type;
const C_STRING = MANDATORY['service_type']?.type;
const OCTETS = MANDATORY['short_message']?.type;
const TLV_INT = new Set(
  [smpp.tlvs['message_state'], smpp.tlvs['sar_msg_ref_num'], smpp.tlvs['qos_time_to_live']].map((tlv) => tlv?.type),
);
const TLV_TEXT = new Set(
  [smpp.tlvs['receipted_message_id'], smpp.tlvs['sc_interface_version']]
    .map((tlv) => tlv?.type)
    .filter((type) => !TLV_INT.has(type)),
);

const HEADER = 16;

/**
 * A PDU's fields (SMPP 3.4, §4 and §5.3). The package's own reader looks neither at where a PDU ends nor at how long an
 * optional parameter says it is, so what is cut short would be read as something else. Texts stay bytes here: what a
 * carrier's default alphabet is, only its settings say.
 * @throws Error for what is cut short.
 */
export function readFields(frame: Buffer, pdu: Pdu): void {
  if (pdu.command === 'unknown') return;
  const params = Object.entries(smpp.commands[pdu.command]?.params ?? {});
  let at = HEADER;
  // An answer that refuses may have no body; many a carrier leaves out an empty one of another as well.
  if (at === frame.length && pdu.command.endsWith('_resp')) return;
  for (const [name, { type }] of params) {
    const { value, size } = readField(frame, at, type);
    pdu[name] = value;
    at += size;
  }
  while (at < frame.length) at = readTlv(frame, at, pdu);
}

function readField(frame: Buffer, at: number, type: FieldType): { value: unknown; size: number } {
  if (type === INT8) return { value: frame.readUInt8(at), size: 1 };
  if (type === C_STRING) {
    const end = frame.indexOf(0, at);
    if (end < 0) throw new Error('a string without an end');
    return { value: frame.toString('latin1', at, end), size: end - at + 1 };
  }
  if (type === OCTETS) {
    const length = frame.readUInt8(at);
    return { value: within(frame, at + 1, length), size: length + 1 };
  }
  const value = type.read(frame, at);
  const size = type.size(value);
  if (at + size > frame.length) throw new Error('a field goes beyond the end');
  return { value, size };
}

function readTlv(frame: Buffer, at: number, pdu: Pdu): number {
  const tag = frame.readUInt16BE(at);
  const length = frame.readUInt16BE(at + 2);
  const value = within(frame, at + 4, length);
  const known = smpp.tlvsById[tag];
  pdu[known ? known.tag : String(tag)] = known ? tlvValue(value, known.type) : value;
  return at + 4 + length;
}

function tlvValue(value: Buffer, type: FieldType): unknown {
  if (TLV_INT.has(type) && (value.length === 1 || value.length === 2 || value.length === 4)) {
    return value.readUIntBE(0, value.length);
  }
  return TLV_TEXT.has(type) ? (value.toString('latin1').split('\0', 1)[0] as string) : value;
}

function within(frame: Buffer, at: number, length: number): Buffer {
  if (at + length > frame.length) throw new Error('a field goes beyond the end');
  return frame.subarray(at, at + length);
}
