import { numberOf, type Pdu, stringOf } from './codec.ts';

/** What a receipt says of a part. `PENDING`: on its way, which is no end. */
export type ReceiptState = 'DELIVERED' | 'FAILED' | 'PENDING';

export interface Receipt {
  /** The carrier's id of the part, as it writes it here. */
  id: string;
  state: ReceiptState;
  /** The carrier's word for the state: `DELIVRD`, `UNDELIV`, … */
  status: string;
  /** Its or the network's code of the error, where it gives one other than zero. */
  errorCode: string | undefined;
}

/** message_state (SMPP 3.4, §5.2.28). */
const BY_NUMBER: Record<number, string> = {
  0: 'SCHEDULED',
  1: 'ENROUTE',
  2: 'DELIVRD',
  3: 'EXPIRED',
  4: 'DELETED',
  5: 'UNDELIV',
  6: 'ACCEPTD',
  7: 'UNKNOWN',
  8: 'REJECTD',
  9: 'SKIPPED',
};

/** By how a word begins, since carriers cut and spell them differently (SMPP 3.4, appendix B: seven letters). */
const BY_WORD: [RegExp, ReceiptState][] = [
  [/^(DELIV|DELVR|DLVR)/, 'DELIVERED'],
  // Handed on, buffered, being retried: whatever comes of it is told later.
  [/^(ACCEPT|ENROUTE|SCHED|BUFF|RETRY|QUEUE|SENT|TRANS|INTERM|PENDING|SUBMIT)/, 'PENDING'],
  // The carrier does not know, and will not later: it is a final state (§5.2.28).
  [
    /^(UNDEL|UNDLV|REJC|UNKN|EXPIR|DELET|REJECT|UNKNOWN|SKIPPED|FAIL|NOTDELIV|UNREACH|ABSENT|BLOCK|BLACK|INVALID|ERR|NO_?ROUTE)/,
    'FAILED',
  ],
];

/** The esm_class of deliver_sm (SMPP 3.4, §5.2.12): which kind of message the carrier says it is. */
const TYPE_MASK = 0x3c;
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** Whether it is a report of a part, and not a message from a handset. */
export function isReceipt(pdu: Pdu): boolean {
  const type = (numberOf(pdu, 'esm_class') ?? 0) & TYPE_MASK;
  if (type === RECEIPT || type === INTERMEDIATE) return true;
  return pdu['receipted_message_id'] !== undefined && pdu['message_state'] !== undefined;
}

/**
 * The optional parameters first, since they are defined (§5.3.2.12, §5.3.2.35); the text second, of which appendix B says
 * that each carrier writes it as it likes.
 * @param text the short message's bytes, as Latin-1.
 * @returns undefined when it says of nothing what became of it.
 */
export function readReceipt(pdu: Pdu, text: string): Receipt | undefined {
  const id = stringOf(pdu, 'receipted_message_id').trim() || field(text, 'id');
  const number = numberOf(pdu, 'message_state');
  const word = field(text, 'stat(?:us)?')?.toUpperCase();
  const status = (number === undefined ? undefined : BY_NUMBER[number]) ?? word;
  if (!id || !status) return undefined;
  const type = (numberOf(pdu, 'esm_class') ?? 0) & TYPE_MASK;
  const state = type === INTERMEDIATE ? 'PENDING' : stateOf(status);
  return state && { id, state, status, errorCode: errorCode(pdu, text) };
}

function stateOf(status: string): ReceiptState | undefined {
  return BY_WORD.find(([pattern]) => pattern.test(status))?.[1];
}

const NAME = '(?:id|sub|dlvrd|submit ?date|done ?date|stat(?:us)?|err(?:or)?)';
/** Where a field begins, also when no space parts it from the one before. */
const GLUED = new RegExp(
  `(?<=\\d|DELIVRD|UNDELIV|EXPIRED|DELETED|REJECTD|ACCEPTD|ENROUTE|UNKNOWN)(?=${NAME}\\s*[:=])`,
  'gi',
);

/** `name:value`, also `name=value`, with spaces where there should be none, in whatever case. An empty one is none. */
function field(text: string, name: string): string | undefined {
  // What the message itself said comes last, and is no field.
  const said = (text.split(/(?<![a-z])text\s*[:=]/i, 1)[0] as string).replace(GLUED, ' ');
  const found = new RegExp(`(?:^|[\\s,;])${name}\\s*[:=]\\s*(?!${NAME}\\s*[:=])([^\\s,;]+)`, 'i').exec(said);
  return found?.[1];
}

function errorCode(pdu: Pdu, text: string): string | undefined {
  const network = pdu['network_error_code'];
  if (Buffer.isBuffer(network) && network.length === 3) {
    // Which network it is of, and its code (§5.3.2.31).
    const code = network.readUInt16BE(1);
    return code === 0 ? undefined : String(code);
  }
  const code = field(text, 'err(?:or)?');
  return code === undefined || /^0+$/.test(code) ? undefined : code;
}
