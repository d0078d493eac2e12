import { type Exchanged, Exchanger, type Failure, type VendorRequest } from '../http/exchange.ts';

/** Seconds from a request to its response. Twilio waits as long for the response to a callback. */
const RESPONSE_SECONDS = 15;

/** Sends one request through a connection of its own. @param baseUrl scheme, host and port. */
export async function exchangeOnce(baseUrl: string, request: VendorRequest): Promise<Exchanged> {
  const exchanger = new Exchanger({ baseUrl, connections: 1, responseSeconds: RESPONSE_SECONDS });
  try {
    return await exchanger.send(request);
  } finally {
    await exchanger.close();
  }
}

const TLS = /^(?:CERT_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$)|certificate|altnames|SSL routines/;

/** Fixes by the code of the error. */
const FIXES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name has no address. Check its spelling and its DNS records.',
  EAI_AGAIN: 'The host name could not be resolved. Check the DNS server of this machine.',
  ECONNREFUSED: 'The host refuses connections to this port. Check the port, and start the server or its proxy.',
  ECONNRESET: 'The host closed the connection. Check the port, TLS, and the firewalls in between.',
  ETIMEDOUT: 'The host does not respond. Check the address, the port and the firewalls in between.',
  UND_ERR_CONNECT_TIMEOUT: 'The host does not respond. Check the address, the port and the firewalls in between.',
  UND_ERR_SOCKET: 'The host closed the connection. Check the port, and the log of the host.',
  EHOSTUNREACH: 'This machine has no route to the host. Check the address and the network.',
  ENETUNREACH: 'This machine has no route to the host. Check the address and the network.',
};

/** @param target host or URL of the request. @returns why there is no response, with the fix. */
export function unreachable({ reason, code }: Failure, target: string): string {
  const problem = `${target} is unreachable (${reason}).`;
  if (TLS.test(code ?? '') || TLS.test(reason)) {
    return `${problem} TLS failed. Check the scheme, the certificate with its chain, and the clock of this machine.`;
  }
  return `${problem} ${FIXES[code ?? ''] ?? 'Check the address, the network, and the log of the host.'}`;
}
