/** Meaning of a response whose body is not the documented error of the vendor. */
export type UndocumentedMeaning = 'misconfigured' | 'temporary' | 'throttled' | 'unknown';

/**
 * Statuses that by their definition state that the request was not processed. Each row cites the definition. Proxies in
 * front of a vendor produce such responses as well, so no row is a permanent refusal of the message.
 * - `misconfigured`: every request has the property at fault.
 * - `temporary`: only this request may have the property at fault, for example its length.
 *
 * Other statuses prove nothing. For example:
 * - 3xx: RFC 9110 §15.4.4 permits 303 after the request was processed.
 * - 400: RFC 9110 §15 assigns its meaning to all unknown statuses from 400 to 499, so gateways use it for any error.
 * - 408, 409: CONTRACT.md, "Submit rule".
 * - 406, 412, 422, 424: the server may have processed a part of the request.
 * - 499: nginx and others, when a connection ends before the response. The request may have been forwarded.
 * - 5xx: the server or one behind it has failed while it processed the request (RFC 9110 §15.6).
 */
export const NOT_PROCESSED: Readonly<Record<number, { meaning: UndocumentedMeaning; source: string }>> = {
  401: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.2: the request has not been applied' },
  403: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.4: the server refuses to fulfill the request' },
  404: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.5: there is no such resource' },
  405: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.6: the resource does not support the method' },
  407: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.8: as 401, for credentials of the proxy' },
  410: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.11: there is no such resource any more' },
  411: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.12: the server refuses to accept the request' },
  413: { meaning: 'temporary', source: 'RFC 9110 §15.5.14: the server refuses to process so long a content' },
  414: { meaning: 'temporary', source: 'RFC 9110 §15.5.15: the server refuses to service so long a URI' },
  415: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.16: the server refuses to service this content type' },
  421: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.20: wrong server. Any method may be repeated' },
  425: { meaning: 'throttled', source: 'RFC 8470 §5.2: the server is unwilling to process the request so early' },
  426: { meaning: 'misconfigured', source: 'RFC 9110 §15.5.22: the server refuses to perform the request' },
  429: { meaning: 'throttled', source: 'RFC 6585 §4, and CONTRACT.md, "Submit rule"' },
  431: { meaning: 'temporary', source: 'RFC 6585 §5: the server is unwilling to process so long a header' },
  451: { meaning: 'misconfigured', source: 'RFC 7725 §3: the server denies access' },
};

/**
 * Meaning of a status other than 2xx without the documented error of the vendor. Any server between Red Cloud and the
 * vendor may have responded, before or after the request was forwarded.
 */
export function undocumentedMeaning(status: number): UndocumentedMeaning {
  return NOT_PROCESSED[status]?.meaning ?? 'unknown';
}
