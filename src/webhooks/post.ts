import { directEgress, type Egress } from './egress.ts';
import { type Answer, Exchange } from './exchange.ts';
import { proxiedEgress } from './proxy.ts';
import type { Resolve, Targets } from './targets.ts';

export interface PosterSettings {
  targets: Targets;
  /** The URL of an egress proxy that all attempts go through; with its credentials, if it wants any. */
  proxy?: string | undefined;
  /** How names become addresses; absent: as the machine resolves them. */
  resolve?: Resolve;
}

/** Posts to customers' endpoints over HTTP/1.1. Redirects are not followed. */
export class Poster {
  readonly #targets: Targets;
  readonly #egress: Egress;
  readonly #underWay = new Set<Exchange>();
  #stopped = false;

  constructor({ targets, proxy, resolve }: PosterSettings) {
    this.#targets = targets;
    this.#egress = proxy ? proxiedEgress(proxy) : directEgress(targets, resolve);
  }

  /** Never throws. */
  post(url: URL, headers: Record<string, string>, body: string): Promise<Answer> {
    // The URL may have been set under other rules, and an address in it is never looked up.
    const refusal = this.#targets.refusal(url);
    if (refusal) return Promise.resolve({ statusCode: undefined, error: refusal, responseStart: '' });
    if (this.#stopped) return Promise.resolve({ statusCode: undefined, error: STOPPED, responseStart: '' });
    return new Promise((resolve) => {
      const open = (fresh: boolean) => this.#egress.open(url, headers, fresh);
      const exchange: Exchange = new Exchange(open, body, (answer) => {
        this.#underWay.delete(exchange);
        resolve(answer);
      });
      this.#underWay.add(exchange);
      exchange.start();
    });
  }

  /** Ends the attempts under way, and those to come. */
  stop(): void {
    this.#stopped = true;
    for (const exchange of this.#underWay) exchange.end(STOPPED);
  }

  close(): void {
    this.#egress.close();
  }
}

const STOPPED = 'no answer before the stop';
