import { directEgress, type Egress } from '#egress/egress.ts';
import { createNames } from '#egress/names.ts';
import { proxiedEgress } from '#egress/proxy.ts';
import type { Resolve, Targets } from '#egress/targets.ts';
import { type Answer, Exchange } from './exchange.ts';

/** Timeout of an attempt in milliseconds, from its beginning to the end of the response. */
const TIMEOUT_MS = 10_000;

export interface PosterSettings {
  targets: Targets;
  /** URL of an egress proxy for all attempts, with credentials if the proxy requires any. */
  proxy?: string | undefined;
  /** Resolver of names. Default: names.ts. */
  resolve?: Resolve;
}

/** Posts to endpoints over HTTP/1.1. Redirects are not followed. */
export class Poster {
  readonly #targets: Targets;
  readonly #egress: Egress;
  /** Attempts under way, the oldest first. */
  readonly #underWay = new Set<Exchange>();
  /** One timer for all attempts, since a timer for each took a tenth of the time of a post. */
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ targets, proxy, resolve }: PosterSettings) {
    this.#targets = targets;
    this.#egress = proxy ? proxiedEgress(proxy) : directEgress(targets, resolve ?? createNames());
  }

  /** Never throws. */
  post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    // The URL may have been set under other rules, and an address in a URL is never looked up.
    const refusal = this.#targets.refusal(url);
    if (refusal) return Promise.resolve({ statusCode: undefined, error: refusal, responseStart: '' });
    if (this.#stopped) return Promise.resolve({ statusCode: undefined, error: STOPPED, responseStart: '' });
    return new Promise((resolve) => {
      const length = Buffer.byteLength(body);
      const open = (fresh: boolean) => this.#egress.open(url, { method: 'POST', headers, length }, fresh);
      const exchange: Exchange = new Exchange(open, body, (answer) => {
        this.#underWay.delete(exchange);
        resolve(answer);
      });
      this.#underWay.add(exchange);
      this.#timer ??= setTimeout(() => this.#endLate(), TIMEOUT_MS);
      exchange.start();
    });
  }

  /** Ends the attempts under way, and all later ones. */
  stop(): void {
    this.#stopped = true;
    for (const exchange of this.#underWay) exchange.end(STOPPED);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#egress.close();
  }

  #endLate(): void {
    this.#timer = undefined;
    for (const exchange of this.#underWay) {
      const leftMs = exchange.beganAt + TIMEOUT_MS - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#endLate(), leftMs);
        return;
      }
      exchange.end(`no response within ${TIMEOUT_MS / 1000} s`);
    }
  }
}

const STOPPED = 'no response before the stop';
