import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublic, isWithin, type Network, networksOf } from './addresses.ts';

/** Every name below it is the machine's own, whatever a resolver says (RFC 6761 §6.3). */
const LOCALHOST = /(^|\.)localhost$/;

export interface TargetRules {
  /** Networks that may be reached though they are not public, and without TLS: `10.0.0.0/8`. */
  networks: readonly string[];
  /** No rule at all: the sandbox. */
  anywhere: boolean;
  /** A proxy resolves the names: what they lead to is not seen here. */
  proxied: boolean;
}

export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Where webhooks may go, so that a customer's URL does not open the operator's own network to the customer. */
export class Targets {
  readonly #networks: readonly Network[];
  readonly #anywhere: boolean;
  readonly #proxied: boolean;

  constructor({ networks, anywhere, proxied }: TargetRules) {
    this.#networks = networksOf(networks);
    this.#anywhere = anywhere;
    this.#proxied = proxied;
  }

  /** @returns why the URL may not be posted to, as far as it is known before its name is resolved. */
  refusal({ protocol, hostname, port }: URL): string | undefined {
    if (port === '0') return 'port not allowed: 0';
    if (this.#anywhere) return undefined;
    const host = hostname.replace(/^\[|\]$|\.$/g, '');
    if (LOCALHOST.test(host)) return this.#refusalOf('127.0.0.1', protocol, host);
    if (isIP(host) !== 0) return this.#refusalOf(host, protocol, host);
    const mayBeNear = this.#networks.length > 0 && !this.#proxied;
    return protocol === 'https:' || mayBeNear ? undefined : HTTPS_REQUIRED;
  }

  /**
   * Resolves a name once, for a socket that connects to what was checked and to nothing else. One address that is not
   * allowed refuses them all: a name that mixes them is an attempt to get past this. Which one it was is not told: it would show
   * a customer what the operator's names lead to.
   */
  lookup(protocol: string, resolve: Resolve = lookup): LookupFunction {
    return (name, options, callback) => {
      resolve(name, { ...options, all: true }, (error, addresses) => {
        const refusal = addresses?.map(({ address }) => this.#refusalOf(address, protocol, name)).find(Boolean);
        const failure = error ?? (refusal ? new Error(refusal) : null);
        const [first] = addresses ?? [];
        if (failure || !first) callback(failure ?? new Error(`no address: ${name}`), '', 0);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }

  #refusalOf(address: string, protocol: string, spelling = address): string | undefined {
    if (this.#anywhere || isWithin(this.#networks, address)) return undefined;
    if (!isPublic(address)) return `address not allowed: ${spelling}`;
    return protocol === 'https:' ? undefined : HTTPS_REQUIRED;
  }
}

const HTTPS_REQUIRED = 'https required';
