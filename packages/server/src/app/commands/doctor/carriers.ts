import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { CarrierSettings } from '#carriers/carrier-type.ts';
import type { HttpCarrierSettings } from '#carriers/http/settings.ts';
import { carrierTypeOf } from '#carriers/registry.ts';
import type { Examined } from '../settings.ts';
import { type Finding, fail, ok } from './finding.ts';

const CONNECT_MS = 5_000;

interface Address {
  host: string;
  port: number;
}

/** Connects to each carrier, and closes the connection without a request. */
export async function examineCarriers({ carriers }: Examined): Promise<Finding[]> {
  if (!carriers) return [];
  const findings = await Promise.all(carriers.carriers.map(examineCarrier));
  return findings.flat();
}

async function examineCarrier(settings: CarrierSettings): Promise<Finding[]> {
  const subject = `carrier ${settings.name}`;
  const address = addressOf(settings);
  if (!address) return [ok(subject, `The type ${settings.type} has no host.`)];
  const { host, port } = address;
  try {
    await lookup(host);
  } catch (error) {
    const text = `The host ${host} cannot be resolved (${codeOf(error)}).`;
    return [fail(subject, text, 'Correct the host in RC_CARRIERS, or the name servers of this machine.')];
  }
  try {
    await connectTo(address);
    return [ok(subject, `${host}:${port} accepts connections.`)];
  } catch (error) {
    const text = `${host}:${port} cannot be reached (${codeOf(error)}).`;
    return [fail(subject, text, 'Correct host and port in RC_CARRIERS, or allow the connection in the firewall.')];
  }
}

/** @returns undefined for a carrier without a network, such as the simulator. */
function addressOf(settings: CarrierSettings): Address | undefined {
  const type = carrierTypeOf(settings.type);
  if (type?.ownership !== 'shared') {
    const { host, port } = settings as Partial<Address>;
    return host === undefined || port === undefined ? undefined : { host, port };
  }
  const shared = settings as HttpCarrierSettings;
  const { hostname, port, protocol } = new URL(shared.baseUrl ?? type.api(shared).baseUrl);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || (protocol === 'http:' ? 80 : 443) };
}

async function connectTo({ host, port }: Address): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

/** @returns code of a network error, or `timeout`. */
function codeOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  return name === 'AbortError' ? 'timeout' : String(code ?? message);
}
