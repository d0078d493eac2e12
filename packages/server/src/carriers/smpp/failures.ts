import type { FailureCode } from '../failures.ts';

/** Statuses of submit_sm_resp that name the address at fault (SMPP 3.4, §5.1.3). */
const FAILURES: ReadonlyMap<number, FailureCode> = new Map([
  [0x0a, 'SENDER_REJECTED'], // ESME_RINVSRCADR
  [0x48, 'SENDER_REJECTED'], // ESME_RINVSRCTON
  [0x49, 'SENDER_REJECTED'], // ESME_RINVSRCNPI
  [0x0b, 'INVALID_NUMBER'], // ESME_RINVDSTADR
  [0x50, 'INVALID_NUMBER'], // ESME_RINVDSTTON
  [0x51, 'INVALID_NUMBER'], // ESME_RINVDSTNPI
]);

/** Failure of a message that was rejected with this status. */
export function failureOfStatus(status: number): FailureCode {
  return FAILURES.get(status) ?? 'CARRIER_REJECTED';
}
