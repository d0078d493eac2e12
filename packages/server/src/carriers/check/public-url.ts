import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { isLoopbackName } from '../../platform/loopback.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { unreachable } from './transport.ts';

const SUBJECT = 'public URL';

/** Checks that a vendor can reach RC_PUBLIC_URL: its scheme and its addresses. @param vendor name of the vendor. */
export async function checkPublicUrl(publicUrl: string, vendor: string, isSandbox: boolean): Promise<Finding> {
  const { protocol, hostname } = new URL(publicUrl);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isLoopbackName(host)) return checkLoopback(publicUrl, vendor, isSandbox);
  if (protocol !== 'https:') {
    const fix = 'Set RC_PUBLIC_URL to an https: URL, whose proxy terminates TLS.';
    return failed(SUBJECT, `${publicUrl} has no TLS, but callbacks contain texts and numbers. ${fix}`);
  }
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    const hidden = addresses.find((address) => ipaddr.process(address).range() !== 'unicast');
    if (hidden === undefined) return ok(SUBJECT, `${publicUrl} resolves to ${addresses.join(', ')}.`);
    const fix = `Ensure that public DNS has a public address for ${host}.`;
    return warning(SUBJECT, `${publicUrl} resolves to ${hidden} here, which ${vendor} cannot reach. ${fix}`);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return failed(SUBJECT, unreachable({ reason: message, code }, publicUrl));
  }
}

function checkLoopback(publicUrl: string, vendor: string, isSandbox: boolean): Finding {
  if (isSandbox) return ok(SUBJECT, `${publicUrl} serves tests on this machine. ${vendor} cannot reach it.`);
  const fix = 'Set RC_PUBLIC_URL to the https: URL that the vendor calls.';
  return failed(SUBJECT, `${publicUrl} is this machine, which ${vendor} cannot reach. ${fix}`);
}
