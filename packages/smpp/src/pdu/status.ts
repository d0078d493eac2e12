import { STATUS } from './codec.ts';

/** Meaning of the status of a submit, for the segment or for the link. */
export type Verdict = 'permanent' | 'temporary' | 'throttled';

/** Statuses of a busy or failing carrier, which do not concern the segment itself (SMPP 3.4, §5.1.3). */
const TEMPORARY = new Set<number>([
  STATUS.RSYSERR,
  STATUS.RINVBNDSTS,
  0x45, // ESME_RSUBMITFAIL
  0x61, // ESME_RINVSCHED, also sent while the store of a carrier is closed
  STATUS.RX_T_APPN,
  0xfe, // ESME_RDELIVERYFAILURE
  0xff, // ESME_RUNKNOWNERR
]);

const THROTTLED = new Set<number>([STATUS.RTHROTTLED, STATUS.RMSGQFUL]);

/**
 * Meaning of a status other than ESME_ROK. Most statuses are permanent errors of the segment itself. Statuses of the
 * carrier itself (0x400 and above) are permanent too, unless `own` has another meaning.
 * @param own meanings of statuses for this carrier, by number.
 */
export function verdictOf(status: number, own: ReadonlyMap<number, Verdict>): Verdict {
  const outcome = own.get(status);
  if (outcome) return outcome;
  if (THROTTLED.has(status)) return 'throttled';
  return TEMPORARY.has(status) ? 'temporary' : 'permanent';
}

/** Statuses of a bind that will be rejected again until the settings are fixed. */
const REFUSED_FOR_GOOD = new Set<number>([STATUS.RINVPASWD, STATUS.RINVSYSID, STATUS.RINVSYSTYP, STATUS.RBINDFAIL]);

export function isRefusedForGood(status: number): boolean {
  return REFUSED_FOR_GOOD.has(status);
}
