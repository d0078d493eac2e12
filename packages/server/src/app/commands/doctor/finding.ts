/** Result of one examination of `redcloud-server doctor`. */
export interface Finding {
  state: 'ok' | 'warn' | 'fail';
  subject: string;
  /** Complete sentence. */
  text: string;
  /** How the operator fixes the problem. */
  remedy?: string;
}

const STATE_WIDTH = 5;

export const ok = (subject: string, text: string): Finding => ({ state: 'ok', subject, text });
export const warn = (subject: string, text: string, remedy: string): Finding => ({
  state: 'warn',
  subject,
  text,
  remedy,
});
export const fail = (subject: string, text: string, remedy: string): Finding => ({
  state: 'fail',
  subject,
  text,
  remedy,
});

/** @returns one line. Texts of other programs may contain line breaks and control characters. */
export function lineOf({ state, subject, text, remedy }: Finding): string {
  const line = `${state.padEnd(STATE_WIDTH)} ${subject}: ${text}${remedy ? ` ${remedy}` : ''}`;
  return `${printable(line)}\n`;
}

/** Text without line breaks and other control characters, which a terminal would execute. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
