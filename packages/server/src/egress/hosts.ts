/** Longest label and longest name in DNS (RFC 1035 §2.3.4), in characters. The last dot does not count. */
const LABEL_LENGTH = 63;
const NAME_LENGTH = 253;

/**
 * Checks the host of a URL as the WHATWG parser returns it. The parser accepts empty labels and names of any length.
 * @returns reason why no machine can have this name, or undefined.
 */
export function hostProblem(hostname: string): string | undefined {
  // Fast path for nearly every host, since each post checks its host.
  if (hostname.length <= LABEL_LENGTH && !hostname.startsWith('.') && !hostname.includes('..')) return undefined;
  const name = withoutLastDot(hostname);
  if (name.length > NAME_LENGTH) return `host name not valid: longer than ${NAME_LENGTH} characters`;
  const labels = name.split('.');
  if (labels.includes('')) return `host name not valid: empty label in ${hostname}`;
  if (labels.some((label) => label.length > LABEL_LENGTH))
    return `host name not valid: label longer than ${LABEL_LENGTH} characters`;
  return undefined;
}

/** A fully qualified name may end with one dot (RFC 1034 §3.1). */
export function withoutLastDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}
