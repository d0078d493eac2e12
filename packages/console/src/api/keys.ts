/** Keys of what was asked for and never answered, by what it was. */
const unanswered = new Map<string, string>();

/**
 * The key for something that must not be done twice. It stays the same until there was an answer: whoever asks again after none
 * is given the answer that got lost.
 */
export function keyFor(what: string): string {
  const key = unanswered.get(what) ?? randomId();
  unanswered.set(what, key);
  return key;
}

export const answered = (what: string): void => void unanswered.delete(what);

/** Not `crypto.randomUUID`: without TLS, browsers have that on the machine itself only. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
