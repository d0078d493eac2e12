/** Behaviour of the simulator for one destination. Times are in milliseconds. */
export interface Script {
  answer: 'accept' | 'reject' | 'throttle-once' | 'silent';
  /** Total number of receipts. */
  receipts: number;
  receiptState: 'DELIVERED' | 'FAILED';
  receiptDelayMs: number;
  /** Whether the first receipt precedes the response to the submit. */
  receiptFirst: boolean;
  /** Whether the handset replies. */
  replies: boolean;
}

const USUAL: Script = {
  answer: 'accept',
  receipts: 1,
  receiptState: 'DELIVERED',
  receiptDelayMs: 200,
  receiptFirst: false,
  replies: false,
};

/** Destinations with a special outcome. Every other number is delivered. Documented in docs/sandbox.md. */
const SCRIPTS: Record<string, Partial<Script>> = {
  '+15550000001': {},
  '+15550000002': { answer: 'reject', receipts: 0 },
  '+15550000003': { receipts: 0 },
  '+15550000004': { answer: 'throttle-once' },
  '+15550000005': { receiptFirst: true },
  '+15550000006': { answer: 'silent', receiptDelayMs: 2_000 },
  '+15550000007': { receiptDelayMs: 5_000 },
  '+15550000008': { receipts: 2 },
  '+15550000009': { replies: true },
  '+15550000010': { receiptState: 'FAILED' },
};

export function scriptFor(destination: string): Script {
  return { ...USUAL, ...SCRIPTS[destination] };
}
