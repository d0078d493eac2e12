import type { Exchanged, VendorResponse } from '../http/exchange.ts';
import { type Finding, failed, ok, skipped } from './finding.ts';
import { explained, refusalIn } from './refusal.ts';
import { exchangeOnce, unreachable } from './transport.ts';
import type { CheckCallbacks, OutgoingCallback, VendorCheck } from './vendor-check.ts';

const SIGNED = 'signed callback';
const REFUSED = 'invalid callback';
const MEDIA = 'media link';
/** Response of Red Cloud to a callback (entrances/callbacks). */
const TAKEN = 204;

/** Sends a callback to RC_PUBLIC_URL. */
type Send = (callback: OutgoingCallback) => Promise<Exchanged>;

/**
 * Sends callbacks to RC_PUBLIC_URL in place of the vendor: a valid one without any effect, and one that Red Cloud must
 * refuse. Also requests a media link that does not exist.
 * @param name name of the carrier.
 */
export async function checkCallbacks(publicUrl: string, name: string, check: VendorCheck): Promise<Finding[]> {
  const path = `/carriers/${name}/callback`;
  const url = publicUrl + path;
  const callbacks = check.callbacks(url);
  const send: Send = ({ query, headers, body }) =>
    exchangeOnce(publicUrl, { method: 'POST', path: path + query, headers, body });
  const exchanged = await send(callbacks.signed ?? callbacks.refused);
  if (exchanged.kind !== 'response') {
    const first = failed(callbacks.signed ? SIGNED : REFUSED, unreachable(exchanged, url));
    const others = [REFUSED, MEDIA].filter((subject) => subject !== first.subject);
    return [first, ...others.map((subject) => skipped(subject, 'RC_PUBLIC_URL is unreachable.'))];
  }
  const signed = callbacks.signed
    ? await checkSigned(exchanged.response, send, { callbacks, check, url })
    : skipped(SIGNED, `Only ${check.vendor} can sign callbacks. Send a message to your own handset to test them.`);
  const refused = callbacks.signed ? await send(callbacks.refused) : exchanged;
  return [signed, checkRefused(refused, callbacks, url), await checkMedia(publicUrl)];
}

interface Context {
  callbacks: CheckCallbacks;
  check: VendorCheck;
  url: string;
}

async function checkSigned(response: VendorResponse, send: Send, { callbacks, check, url }: Context): Promise<Finding> {
  if (response.status === TAKEN) return ok(SIGNED, `Red Cloud accepts it at ${url}.`);
  if (!isSignatureRefusal(response, callbacks.status)) return failed(SIGNED, explained(response, url));
  const problem = `Red Cloud at ${url} refuses it (HTTP ${response.status}).`;
  const retried = callbacks.withoutQuery && (await send(callbacks.withoutQuery));
  if (retried?.kind === 'response' && retried.response.status === TAKEN) {
    const fix = 'The proxy must forward the query unchanged, because the signature covers it.';
    return failed(SIGNED, `${problem} The same callback without a query is accepted. ${fix}`);
  }
  return failed(SIGNED, `${problem} ${check.callbackFix}`);
}

function checkRefused(exchanged: Exchanged, { difference, status }: CheckCallbacks, url: string): Finding {
  if (exchanged.kind !== 'response') return failed(REFUSED, unreachable(exchanged, url));
  const { response } = exchanged;
  if (isSignatureRefusal(response, status)) {
    return ok(REFUSED, `Red Cloud refuses a callback ${difference} (HTTP ${status}).`);
  }
  if (response.status >= 200 && response.status < 300) {
    return failed(
      REFUSED,
      `A callback ${difference} is accepted (HTTP ${response.status}). ${explained(response, url)}`,
    );
  }
  return failed(REFUSED, explained(response, url));
}

/** Whether Red Cloud has refused the signature or the credentials, and not another part of the request. */
function isSignatureRefusal(response: VendorResponse, status: number): boolean {
  const refusal = refusalIn(response);
  return response.status === status && refusal !== undefined && refusal.header === undefined;
}

/** Link that no server has signed. */
const NO_LINK = '/media/check-carrier';

async function checkMedia(publicUrl: string): Promise<Finding> {
  const url = publicUrl + NO_LINK;
  const exchanged = await exchangeOnce(publicUrl, { method: 'GET', path: NO_LINK, headers: {} });
  if (exchanged.kind !== 'response') return failed(MEDIA, unreachable(exchanged, url));
  const { response } = exchanged;
  if (response.status === 404 && refusalIn(response)?.code === 'NOT_FOUND') {
    return ok(MEDIA, `Red Cloud responds at ${publicUrl}/media/ (HTTP 404 for a wrong link).`);
  }
  return failed(MEDIA, explained(response, url));
}
