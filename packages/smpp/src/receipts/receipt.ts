import { numberOf, type Pdu, stringOf } from '../pdu/codec.ts';
import { fieldsOf } from './receipt-text.ts';

/** State of a segment in a receipt. `PENDING` is not final. */
export type ReceiptState = 'DELIVERED' | 'FAILED' | 'PENDING';

export interface Receipt {
  /** Carrier message id, spelled as in the receipt. */
  id: string;
  state: ReceiptState;
  /** Status word of the carrier for the state: `DELIVRD`, `UNDELIV`, … */
  status: string;
  /** Error code of the carrier or the network. Undefined without a code other than zero. */
  errorCode: string | undefined;
}

/** Status words by message_state (SMPP 3.4, §5.2.28). */
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

/** States by the beginning of a status word, which carriers cut and misspell (SMPP 3.4, appendix B: seven letters). */
const BY_WORD: [RegExp, ReceiptState][] = [
  [/^(DELIV|DELVR|DLVR)/, 'DELIVERED'],
  // Handed on, buffered or being retried. The final state follows later.
  [/^(ACCEPT|ENROUTE|SCHED|BUFF|RETRY|QUEUE|SENT|TRANS|INTERM|PENDING|SUBMIT)/, 'PENDING'],
  // UNKNOWN is a final state (§5.2.28). The carrier reports no later outcome.
  [
    /^(UNDEL|UNDLV|REJC|UNKN|EXPIR|DELET|REJECT|UNKNOWN|SKIPPED|FAIL|NOTDELIV|UNREACH|ABSENT|BLOCK|BLACK|INVALID|ERR|NO_?ROUTE)/,
    'FAILED',
  ],
];

/** Bits of esm_class with the type of a deliver_sm (SMPP 3.4, §5.2.12). */
const TYPE_MASK = 0x3c;
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** Whether a PDU is a receipt for a segment, and not a message from a handset. */
export function isReceipt(pdu: Pdu): boolean {
  const type = (numberOf(pdu, 'esm_class') ?? 0) & TYPE_MASK;
  if (type === RECEIPT || type === INTERMEDIATE) return true;
  return pdu['receipted_message_id'] !== undefined && pdu['message_state'] !== undefined;
}

/**
 * Reads a receipt. Optional parameters take precedence, because SMPP specifies their format (§5.3.2.12, §5.3.2.35). The
 * format of the text is specific to each carrier (appendix B).
 * @param text text of the receipt, from `receiptText`.
 * @returns undefined without an id or a known status.
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
    // Type of the network and error code (§5.3.2.31).
    const number = network.readUInt16BE(1);
    return number === 0 ? undefined : String(number);
  }
  return code === undefined || /^0+$/.test(code) ? undefined : code;
}
