import type { VendorResponse } from '../http/exchange.ts';

/** Error in the form of Red Cloud (CONTRACT.md). */
export interface Refusal {
  code: string;
  message: string;
  /** Header that is at fault. */
  header: string | undefined;
}

/** @returns undefined if another server has produced the response. */
export function refusalIn({ body }: VendorResponse): Refusal | undefined {
  const { error, requestId } = objectOf(body);
  if (typeof requestId !== 'string' || typeof error !== 'object' || error === null) return undefined;
  const { code, message, details } = error as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof details !== 'object') return undefined;
  const { in: place, field } = (details ?? {}) as Record<string, unknown>;
  return { code, message, header: place === 'header' ? String(field) : undefined };
}

const FORWARDING = 'Its proxy must forward `/carriers/` and `/media/` to Red Cloud with path and query unchanged.';

/** Explanation of a response to a request below RC_PUBLIC_URL that is neither expected nor a wrong signature. */
export function explained(response: VendorResponse, url: string): string {
  const { status, headers } = response;
  const refusal = refusalIn(response);
  if (refusal) return explainedRefusal(refusal, status, url);
  if (status >= 300 && status < 400) {
    const target = headers['location'] ?? 'an unknown target';
    return `${url} redirects to ${target}. Vendors do not follow it. Set RC_PUBLIC_URL to the final URL.`;
  }
  if (status >= 502 && status <= 504) {
    const fix = 'Start Red Cloud, and check its address in the settings of the proxy.';
    return `The proxy at ${url} cannot reach Red Cloud (HTTP ${status}). ${fix}`;
  }
  const problem = `Another server than Red Cloud responds at ${url} (HTTP ${status}).`;
  return `${problem} RC_PUBLIC_URL must be the URL that the vendor calls. ${FORWARDING}`;
}

function explainedRefusal({ code, message, header }: Refusal, status: number, url: string): string {
  const problem = `Red Cloud at ${url} refuses the request (HTTP ${status}, ${message.replace(/\.$/, '')}).`;
  if (header !== undefined) {
    return `${problem} A proxy changes the header ${header}. The proxy must forward the Host of RC_PUBLIC_URL.`;
  }
  if (code === 'NOT_FOUND') {
    const fix =
      'Restart the server with this RC_CARRIERS and the role api, and check the path that the proxy forwards.';
    return `${problem} ${fix}`;
  }
  return `${problem} Check the log of the server.`;
}

function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
