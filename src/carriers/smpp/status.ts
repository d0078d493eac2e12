import { STATUS } from './codec.ts';

/** What a submit's status says about the part, or about the link. */
export type Verdict = 'permanent' | 'temporary' | 'throttled';

/** "Not now": the carrier is busy or in trouble, and the part is as good as it was (SMPP 3.4, §5.1.3). */
const TEMPORARY = new Set<number>([
  STATUS.RSYSERR,
  STATUS.RINVBNDSTS,
  0x45, // ESME_RSUBMITFAIL
  0x61, // ESME_RINVSCHED: also said of a store that is closed for the moment
  STATUS.RX_T_APPN,
  0xfe, // ESME_RDELIVERYFAILURE
  0xff, // ESME_RUNKNOWNERR
]);

const THROTTLED = new Set<number>([STATUS.RTHROTTLED, STATUS.RMSGQFUL]);

/**
 * What a status other than ESME_ROK means. Most say that something is wrong with the part itself, and will be of the next
 * try; so will a carrier's own (0x400 and up), unless its table says else.
 * @param own what this carrier means by its statuses, by number.
 */
export function verdictOf(status: number, own: ReadonlyMap<number, Verdict>): Verdict {
  const told = own.get(status);
  if (told) return told;
  if (THROTTLED.has(status)) return 'throttled';
  return TEMPORARY.has(status) ? 'temporary' : 'permanent';
}

/** A bind that was refused like this will be refused again, until somebody mends the settings. */
const REFUSED_FOR_GOOD = new Set<number>([STATUS.RINVPASWD, STATUS.RINVSYSID, STATUS.RINVSYSTYP, STATUS.RBINDFAIL]);

export function isRefusedForGood(status: number): boolean {
  return REFUSED_FOR_GOOD.has(status);
}
