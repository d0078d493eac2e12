/** As any server framework has them: `Headers`, or Node's own record. */
export type WebhookHeaders = Pick<Headers, 'get'> | Record<string, string | readonly string[] | undefined>;

/** A header's one value, whatever case its name came in; undefined when it is not there. */
export function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value = entry?.[1];
  // Repeated, it is what HTTP makes of it (RFC 9110 §5.3), and nobody's signature.
  return typeof value === 'object' ? value.join(', ') : value;
}

function isHeaders(headers: WebhookHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}
