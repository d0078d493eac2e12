/** Headers as server frameworks represent them: `Headers`, or a record as in Node. */
export type WebhookHeaders = Pick<Headers, 'get'> | Record<string, string | readonly string[] | undefined>;

/** @returns the value of a header, regardless of the case of its name, or undefined if the header is absent */
export function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value = entry?.[1];
  // Repeated headers are joined as in HTTP (RFC 9110 §5.3). A joined `X-RedCloud-Signature` is invalid.
  return typeof value === 'object' ? value.join(', ') : value;
}

function isHeaders(headers: WebhookHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}
