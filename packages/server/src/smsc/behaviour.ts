import type { LimiterModel } from './limiter.ts';

/** Faults of the SMSC simulator, in addition to the scripts of destinations (carriers/simulator/scripts.ts). */
export interface Behaviour {
  /** Whether each bind gets ESME_RBINDFAIL. */
  refusesBinds: boolean;
  /** Delay before each response, in milliseconds. */
  latencyMs: number;
  /** Every n-th submit gets ESME_RTHROTTLED. 0 for none. */
  throttleEvery: number;
  /** Share of the submits that get ESME_RTHROTTLED at random, from 0 to 1. */
  throttleShare: number;
  /** Submits per second accepted from all sessions together. Others get ESME_RTHROTTLED. 0 for no limit. */
  allowedPerSecond: number;
  limiter: LimiterModel;
  /** Capacity of a `bucket` in submits. 0 for the limit of one second. */
  burst: number;
  /** Cuts the session at every n-th submit. The last `withheld` submits before a cut get no response. 0 for never. */
  cutEvery: number;
  withheld: number;
  /** Spelling of carrier message ids in responses and in receipts. */
  answerIds: IdSpelling;
  receiptIds: IdSpelling;
  /** Whether each segment of a long message has its own id and receipt, or the message has one. */
  idsOf: 'segment' | 'message';
  receiptsOf: 'segment' | 'message';
  /** Factor of the delays in scripts. */
  pace: number;
  /** Whether receipts have their fields in the text, in optional parameters or in both. */
  receipts: 'text' | 'tlvs' | 'both';
  /** Every n-th response is followed by unusable PDUs. 0 for none. */
  garbageEvery: number;
  /** Changes each PDU before it is written, for octets that no codec writes. */
  alter(pdu: Buffer): Buffer;
}

export type IdSpelling = 'decimal' | 'hex' | 'HEX' | 'hex8' | 'decimal10' | 'decimal24';

export const KIND: Behaviour = {
  refusesBinds: false,
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
