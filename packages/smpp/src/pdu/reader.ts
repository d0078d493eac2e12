import smpp, { type FieldType, type Pdu } from 'smpp';

/** Field types of the package, taken from one field of each type. */
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
/** Octets of tag and length of an optional parameter. */
const TLV_HEADER = 4;
/** Numbers of stray octets that are skipped between the mandatory fields and the optional parameters. */
const STRAY = [0, 1, 2, 3] as const;

type Fields = readonly (readonly [name: string, type: FieldType])[];

const FIELDS: ReadonlyMap<string, Fields> = new Map(
  Object.entries(smpp.commands).map(([command, { params = {} }]) => [
    command,
    Object.entries(params).map(([name, { type }]) => [name, type] as const),
  ]),
);

/** Requests that cannot be served without their fields. The header is enough for other requests and all responses. */
const NEEDS_FIELDS = new Set([
  'deliver_sm',
  'data_sm',
  'submit_sm',
  'bind_receiver',
  'bind_transmitter',
  'bind_transceiver',
]);

/** Optional parameters that change the text, the place of a segment or the result of a receipt. */
const NEEDED: readonly string[] = [
  'message_payload',
  'receipted_message_id',
  'message_state',
  'sar_msg_ref_num',
  'sar_total_segments',
  'sar_segment_seqnum',
];
const SAR = NEEDED.filter((name) => name.startsWith('sar_'));
/** Needed optional parameters of a PDU without a short_message. */
const WITHOUT_TEXT = NEEDED.filter((name) => !name.startsWith('sar_'));

/**
 * Reads the fields of a PDU (SMPP 3.4, §4 and §5.3). Needed fields must be complete, and odd octets around them are
 * ignored. The reader of the package checks neither the end of the PDU nor the length of optional parameters. Texts
 * stay bytes here, because the default alphabet is a setting of the carrier.
 * @throws Error for a request whose needed fields are truncated. Never for a response.
 */
export function readFields(frame: Buffer, pdu: Pdu): void {
  const fields = FIELDS.get(pdu.command);
  if (!fields) return;
  if (!NEEDS_FIELDS.has(pdu.command)) {
    readParameters(frame, firstParameter(frame, readWhatIsThere(frame, fields, pdu)), pdu);
    return;
  }
  let at = HEADER;
  for (const [name, type] of fields) {
    const { value, size } = readField(frame, at, type);
    pdu[name] = value;
    at += size;
  }
  const rest = frame.subarray(readParameters(frame, firstParameter(frame, at), pdu));
  if (rest.length > 0 && hidesNeeded(rest, pdu)) throw new Error('an optional parameter exceeds the PDU');
}

function readField(frame: Buffer, at: number, type: FieldType): { value: unknown; size: number } {
  if (type === INT8) return { value: frame.readUInt8(at), size: 1 };
  if (type === C_STRING) {
    const zero = frame.indexOf(0, at);
    // Only the last field can be complete without its terminator. Otherwise the next field is missing.
    const end = zero < 0 ? frame.length : zero;
    return { value: frame.toString('latin1', at, end), size: end - at + 1 };
  }
  if (type === OCTETS) {
    const length = frame.readUInt8(at);
    if (at + 1 + length > frame.length) throw new Error('a field exceeds the PDU');
    return { value: frame.subarray(at + 1, at + 1 + length), size: length + 1 };
  }
  const value = type.read(frame, at);
  const size = type.size(value);
  if (at + size > frame.length) throw new Error('a field exceeds the PDU');
  return { value, size };
}

/**
 * Reads mandatory fields until one is missing. A response that rejects may have no body (§4.4.2), and some carriers
 * omit an empty body of other responses too. Ids and names are printable, so that any control character ends them.
 * @returns the offset behind the fields.
 */
function readWhatIsThere(frame: Buffer, fields: Fields, pdu: Pdu): number {
  let at = HEADER;
  // A body of optional parameters alone begins with a tag, whose first octet is not printable. Short ids with zeros
  // look like parameters, but are printable.
  if (at < frame.length && !isPrintable(frame[at] as number) && isWholeFrom(frame, at)) return at;
  for (const [name, type] of fields) {
    if (at >= frame.length || type !== C_STRING) return at;
    let end = at;
    while (end < frame.length && isPrintable(frame[end] as number)) end += 1;
    pdu[name] = frame.toString('latin1', at, end).trim();
    at = frame[end] === 0 ? end + 1 : end;
  }
  return at;
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet !== 0x7f;
}

/**
 * Finds the first optional parameter. Stray octets can precede the parameter, for example the terminator of a text that
 * `sm_length` does not count. Stray octets can look like a parameter with a reserved tag (§5.3.2), so that a tag that
 * SMPP names is preferred.
 */
function firstParameter(frame: Buffer, start: number): number {
  if (start + 2 > frame.length) return start;
  if (isKnown(frame, start) && (endOfParameter(frame, start) || NEEDED.includes(nameAt(frame, start)))) return start;
  const whole = STRAY.map((octets) => start + octets).filter((at) => isWholeFrom(frame, at));
  if (whole[0] === start && isOfVendor(frame.readUInt16BE(start))) return start;
  return whole.find((at) => isKnown(frame, at)) ?? whole[0] ?? start;
}

function isOfVendor(tag: number): boolean {
  return tag >= 0x1400 && tag <= 0x3fff;
}

function isKnown(frame: Buffer, at: number): boolean {
  return smpp.tlvsById[frame.readUInt16BE(at)] !== undefined;
}

/** Whether the octets from `start` to the end are optional parameters and nothing else. */
function isWholeFrom(frame: Buffer, start: number): boolean {
  let at: number | undefined = start;
  while (at !== undefined && at < frame.length) at = endOfParameter(frame, at);
  return at === frame.length && at > start;
}

/** Offset behind the optional parameter at `at`. Undefined for a truncated parameter. */
function endOfParameter(frame: Buffer, at: number): number | undefined {
  if (at + TLV_HEADER > frame.length) return undefined;
  const end = at + TLV_HEADER + frame.readUInt16BE(at + 2);
  return end > frame.length ? undefined : end;
}

/** Reads optional parameters. The first of several with one tag counts. @returns the offset of the first truncated. */
function readParameters(frame: Buffer, start: number, pdu: Pdu): number {
  let at = start;
  for (let end = endOfParameter(frame, at); end !== undefined; end = endOfParameter(frame, at)) {
    const name = nameAt(frame, at);
    if (pdu[name] === undefined) {
      const value = frame.subarray(at + TLV_HEADER, end);
      const type = smpp.tlvs[name]?.type;
      pdu[name] = type ? parameterValue(value, type) : value;
    }
    at = end;
  }
  return at;
}

/** Name of the optional parameter at `at`, or the number of its tag if the package has no name for it. */
function nameAt(frame: Buffer, at: number): string {
  if (at + 2 > frame.length) return '';
  const tag = frame.readUInt16BE(at);
  return smpp.tlvsById[tag]?.tag ?? String(tag);
}

function parameterValue(value: Buffer, type: FieldType): unknown {
  // Some carriers write numbers in more octets than specified.
  if (TLV_INT.has(type) && value.length >= 1 && value.length <= 6) return value.readUIntBE(0, value.length);
  return TLV_TEXT.has(type) ? (value.toString('latin1').split('\0', 1)[0] as string) : value;
}

/**
 * Whether a missing needed parameter is in octets that could not be read, either truncated or displaced by earlier
 * octets. A truncated `message_payload` counts as missing even beside a short_message.
 */
function hidesNeeded(rest: Buffer, pdu: Pdu): boolean {
  const lacks = (name: string) => pdu[name] === undefined;
  const first = nameAt(rest, 0);
  if (rest.length >= TLV_HEADER && NEEDED.includes(first) && lacks(first)) return true;
  const short = pdu['short_message'];
  const hasText = (Buffer.isBuffer(short) && short.length > 0) || !lacks('message_payload');
  const wanted = [...(hasText ? [] : WITHOUT_TEXT), ...(SAR.every(lacks) ? [] : SAR)];
  return wanted.some((name) => lacks(name) && hasTag(rest, smpp.tlvs[name]?.id ?? 0));
}

/** Whether octets contain a tag. A single octet other than zero can be the beginning of a tag. */
function hasTag(octets: Buffer, tag: number): boolean {
  if (octets.length === 1) return octets[0] !== 0 && octets[0] === tag >> 8;
  return octets.includes(Buffer.of(tag >> 8, tag & 0xff));
}
