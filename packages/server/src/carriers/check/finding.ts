/** Result of one check: `warning` and `skipped` do not fail the command. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  subject: string;
  /** Finding, and the fix if there is a problem. */
  explanation: string;
}

/** Takes each finding as soon as it is known. */
export type Report = (finding: Finding) => void;

const findings =
  (state: Finding['state']) =>
  (subject: string, explanation: string): Finding => ({ state, subject, explanation });

export const ok = findings('ok');
export const warning = findings('warning');
export const failed = findings('failed');
export const skipped = findings('skipped');
