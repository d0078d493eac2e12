import { numberOf, type Pdu, stringOf } from './codec.ts';
import { fieldsOf } from './receipt-text.ts';

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
 * @param text of the short message: `receiptText`.
 * @returns undefined when it says of nothing what became of it.
 */
export function readReceipt(pdu: Pdu, text: string): Receipt | undefined {
  const fields = fieldsOf(text);
  const id = stringOf(pdu, 'receipted_message_id').trim() || fields.id;
  const number = numberOf(pdu, 'message_state');
  const word = fields.status?.toUpperCase();
  const status = (number === undefined ? undefined : BY_NUMBER[number]) ?? word;
  if (!id || !status) return undefined;
  const type = (numberOf(pdu, 'esm_class') ?? 0) & TYPE_MASK;
  const state = type === INTERMEDIATE ? 'PENDING' : stateOf(status);
  return state && { id, state, status, errorCode: errorCode(pdu, fields.error) };
}

function stateOf(status: string): ReceiptState | undefined {
  return BY_WORD.find(([pattern]) => pattern.test(status))?.[1];
}

function errorCode(pdu: Pdu, code: string | undefined): string | undefined {
  const network = pdu['network_error_code'];
  if (Buffer.isBuffer(network) && network.length === 3) {
    // Which network it is of, and its code (§5.3.2.31).
    const number = network.readUInt16BE(1);
    return number === 0 ? undefined : String(number);
  }
  return code === undefined || /^0+$/.test(code) ? undefined : code;
}
