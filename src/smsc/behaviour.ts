import type { LimiterModel } from './limiter.ts';

/** How a message centre ill-treats those who are bound to it, beside what destinations choose (carriers/simulator/scripts.ts). */
export interface Behaviour {
  /** Before each answer, in ms. */
  latencyMs: number;
  /** Every so manieth submit is answered ESME_RTHROTTLED; 0: none. */
  throttleEvery: number;
  /** Share of the submits that is answered with ESME_RTHROTTLED at random, from 0 to 1. */
  throttleShare: number;
  /** Submits per second that are accepted from all sessions together; the rest is answered with ESME_RTHROTTLED. 0: no limit. */
  allowedPerSecond: number;
  limiter: LimiterModel;
  /** Capacity of a `bucket` in submits; 0: the limit of one second. */
  burst: number;
  /** After every so many submits the session is cut, with the answers to the last `withheld` of them not given; 0: never. */
  cutEvery: number;
  withheld: number;
  /** How ids are written in answers, and in receipts. */
  answerIds: IdSpelling;
  receiptIds: IdSpelling;
  /** Whether each segment of a long message has an id and a receipt of its own, or all of them have one. */
  idsOf: 'segment' | 'message';
  receiptsOf: 'segment' | 'message';
  /** Multiplies the scripts' delays. */
  pace: number;
  /** Whether receipts say it in optional parameters, in the text, or both. */
  receipts: 'text' | 'tlvs' | 'both';
  /** Every so manieth answer is followed by bytes that are no PDU of any use; 0: none. */
  garbageEvery: number;
  /** Changes each PDU before it is written, for octets that no codec writes. */
  alter(pdu: Buffer): Buffer;
}

export type IdSpelling = 'decimal' | 'hex' | 'HEX' | 'hex8' | 'decimal10' | 'decimal24';

export const KIND: Behaviour = {
  latencyMs: 0,
  throttleEvery: 0,
  throttleShare: 0,
  allowedPerSecond: 0,
  limiter: 'window',
  burst: 0,
  cutEvery: 0,
  withheld: 0,
  answerIds: 'decimal',
  receiptIds: 'decimal',
  idsOf: 'segment',
  receiptsOf: 'segment',
  pace: 1,
  receipts: 'both',
  garbageEvery: 0,
  alter: (pdu) => pdu,
};

export function spell(id: number, how: IdSpelling): string {
  switch (how) {
    case 'decimal':
      return String(id);
    case 'decimal10':
      return String(id).padStart(10, '0');
    case 'decimal24':
      return String(id).padStart(24, '0');
    case 'hex':
      return id.toString(16);
    case 'HEX':
      return id.toString(16).toUpperCase();
    case 'hex8':
      return id.toString(16).padStart(8, '0');
  }
}
