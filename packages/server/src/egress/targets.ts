import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback, isPublic, isWithin, type Network, networksOf } from './addresses.ts';
import { hostProblem, withoutLastDot } from './hosts.ts';

/** Names below localhost belong to this machine, regardless of the response of a resolver (RFC 6761 §6.3). */
const LOCALHOST = /(^|\.)localhost$/;

export interface TargetRules {
  /** Networks that may be reached without TLS, also if not public: `10.0.0.0/8`. */
  networks: readonly string[];
  /** Loopback addresses are allowed without TLS, in the sandbox. */
  loopback: boolean;
  /** No rules at all, for a host that the operator has configured. Default: false. */
  anywhere?: boolean;
  /** A proxy resolves the names, so their addresses are not known here. */
  proxied: boolean;
}

export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Host that is not posted to. Clients read `message`, which is the same for a name without an address and for a
 * forbidden address. A difference would reveal which names exist in the operator's network. Operators read `reason` in
 * the log.
 */
export class HostRefused extends Error {
  override readonly name = 'HostRefused';
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

/** Rules for the targets of webhooks, so that a client's URL does not open the operator's own network to the client. */
export class Targets {
  readonly #networks: readonly Network[];
  readonly #loopback: boolean;
  readonly #anywhere: boolean;
  readonly #proxied: boolean;

  constructor({ networks, loopback, anywhere = false, proxied }: TargetRules) {
    this.#networks = networksOf(networks);
    this.#loopback = loopback;
    this.#anywhere = anywhere;
    this.#proxied = proxied;
  }

  /** @returns reason why the URL is rejected, as far as it is known before its name is resolved, or undefined. */
  refusal({ protocol, hostname, port }: URL): string | undefined {
    if (port === '0') return 'port not allowed: 0';
    const problem = hostProblem(hostname);
    if (problem) return problem;
    if (this.#anywhere) return undefined;
    const host = withoutLastDot(hostname).replace(/^\[|\]$/g, '');
    if (LOCALHOST.test(host)) return this.#refusalOf('127.0.0.1', protocol, host);
    if (isIP(host) !== 0) return this.#refusalOf(host, protocol, host);
    const mayBeNear = (this.#networks.length > 0 || this.#loopback) && !this.#proxied;
    return protocol === 'https:' || mayBeNear ? undefined : HTTPS_REQUIRED;
  }

  /**
   * Resolves a name once, for a socket that connects to a checked address only. One forbidden address rejects all,
   * since a name that mixes them is an attempt to bypass this check.
   * @returns a function that fails with `HostRefused`, also if the resolver failed.
   */
  lookup(protocol: string, resolve: Resolve): LookupFunction {
    return (name, options, callback) => {
      resolve(name, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        const reason = error ? String(error.message) : this.#reasonAgainst(name, protocol, addresses);
        if (reason !== undefined || !first) callback(refused(protocol, reason ?? `no address: ${name}`), '', 0);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }

  #reasonAgainst(name: string, protocol: string, addresses: readonly LookupAddress[]): string | undefined {
    for (const { address } of addresses) {
      const refusal = this.#refusalOf(address, protocol);
      if (refusal) return `${refusal}: ${address} (${name})`;
    }
    return undefined;
  }

  #refusalOf(address: string, protocol: string, spelling?: string): string | undefined {
    if (this.#anywhere || isWithin(this.#networks, address)) return undefined;
    if (this.#loopback && isLoopback(address)) return undefined;
    if (!isPublic(address)) return spelling === undefined ? 'address not allowed' : `address not allowed: ${spelling}`;
    return protocol === 'https:' ? undefined : HTTPS_REQUIRED;
  }
}

const HTTPS_REQUIRED = 'https required';
const REFUSED = 'host not allowed or not found';

/** Error that is the same for each name of a scheme. Public addresses are rejected for `http:` only. */
function refused(protocol: string, reason: string): HostRefused {
  return new HostRefused(protocol === 'https:' ? REFUSED : `${HTTPS_REQUIRED}, or ${REFUSED}`, reason);
}
