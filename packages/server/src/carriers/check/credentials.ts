import type { VendorRequest, VendorResponse } from '../http/exchange.ts';
import type { TokenApi } from '../http/tokens.ts';
import type { VendorApi } from '../http/vendor.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';
import { exchangeOnce, unreachable } from './transport.ts';
import type { VendorCheck } from './vendor-check.ts';

const SUBJECT = 'credentials';

type Named = Pick<VendorCheck, 'vendor' | 'credentialsFix'>;

/**
 * Checks the credentials of requests, with the access token if the vendor needs one.
 * @param given `baseUrl` of the carrier.
 */
export async function checkCredentials(named: VendorCheck, given: string | undefined): Promise<Finding[]> {
  const { api } = named;
  const baseUrl = given ?? api.baseUrl;
  const request = api.check();
  if (!api.tokens) return [await checkRequest(api, baseUrl, request, named)];
  const { finding, token } = await checkToken(api.tokens, named);
  if (token === undefined) return [finding, skipped(SUBJECT, 'There is no access token.')];
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  return [finding, await checkRequest(api, baseUrl, { ...request, headers }, named)];
}

async function checkToken(tokens: TokenApi, named: Named): Promise<{ finding: Finding; token?: string }> {
  const subject = 'access token';
  const exchanged = await exchangeOnce(tokens.baseUrl, tokens.request());
  if (exchanged.kind !== 'response') return { finding: failed(subject, unreachable(exchanged, tokens.baseUrl)) };
  const result = tokens.read(exchanged.response, Date.now());
  if (result.kind === 'token') {
    return { finding: ok(subject, `${named.vendor} issued an access token.`), token: result.token.value };
  }
  if (result.kind === 'refused') return { finding: failed(subject, refused(result.reason, named)) };
  return { finding: failed(subject, unexpected(exchanged.response, tokens.baseUrl, named)) };
}

async function checkRequest(api: VendorApi, baseUrl: string, request: VendorRequest, named: Named): Promise<Finding> {
  const exchanged = await exchangeOnce(baseUrl, request);
  if (exchanged.kind !== 'response') return failed(SUBJECT, unreachable(exchanged, baseUrl));
  const { response } = exchanged;
  const problem = api.problem(response);
  if (problem !== undefined) return failed(SUBJECT, refused(problem, named));
  if (response.status >= 200 && response.status < 300 && isJson(response.body)) {
    return ok(SUBJECT, `${named.vendor} accepts them.`);
  }
  if (response.status === 403) {
    const right = `${named.vendor} knows them, but they lack the right to read (HTTP 403).`;
    return warning(SUBJECT, `${right} They may still be able to send. Send a message to your own handset.`);
  }
  return failed(SUBJECT, unexpected(response, baseUrl, named));
}

function refused(problem: string, { vendor, credentialsFix }: Named): string {
  return `${vendor} refuses them (${problem.replace(/\.$/, '')}). ${credentialsFix}`;
}

/** Explanation of a response that shows neither valid nor wrong credentials. */
function unexpected({ status }: VendorResponse, baseUrl: string, { vendor }: Named): string {
  if (status === 429) return `${vendor} throttles requests (HTTP 429). Repeat the check later.`;
  const problem = `${baseUrl} returned an unexpected response (HTTP ${status}).`;
  if (status >= 500) return `${problem} Repeat the check later, and see the status page of ${vendor}.`;
  return `${problem} Another server may have responded. Check baseUrl, and proxies between this machine and ${vendor}.`;
}

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}
