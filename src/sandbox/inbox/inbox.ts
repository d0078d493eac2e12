import { createHmac, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../clock.ts';

const KEPT = 500;
const TOLERANCE_SECONDS = 300;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A webhook as it came, and whether it proves where it comes from. */
export interface Received {
  receivedAt: string;
  verification: { redcloud: Verdict; standardWebhooks: Verdict };
  headers: Record<string, string>;
  /** The parsed body, or its text when it is not JSON. */
  body: unknown;
}

/** `valid`, or why not. */
type Verdict = string;

/** Receives the sandbox's webhooks as a customer would: it shares nothing with the sender but the secret. */
export class Inbox {
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #received: Received[] = [];
  readonly #arrivals = new EventEmitter<{ received: [Received] }>().setMaxListeners(0);

  constructor(secret: string, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** The latest ones, oldest first. */
  received(): readonly Received[] {
    return this.#received;
  }

  onReceived(listener: (received: Received) => void): () => void {
    this.#arrivals.on('received', listener);
    return () => this.#arrivals.off('received', listener);
  }

  take(headers: Headers, rawBody: string): Received {
    const received: Received = {
      receivedAt: new Date(this.#clock.now()).toISOString(),
      verification: {
        redcloud: this.#redcloud(headers, rawBody),
        standardWebhooks: this.#standardWebhooks(headers, rawBody),
      },
      headers: shown(headers),
      body: parsed(rawBody),
    };
    this.#received.push(received);
    if (this.#received.length > KEPT) this.#received.shift();
    this.#arrivals.emit('received', received);
    return received;
  }

  #redcloud(headers: Headers, rawBody: string): Verdict {
    const timestamp = String(headers['x-redcloud-timestamp']);
    const expected = createHmac('sha256', this.#secret).update(`${timestamp}.${rawBody}`).digest();
    const given = Buffer.from(String(headers['x-redcloud-signature']), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
    const age = Math.abs(this.#clock.now() / 1000 - Number(timestamp));
    return age <= TOLERANCE_SECONDS ? 'valid' : 'too old';
  }

  #standardWebhooks(headers: Headers, rawBody: string): Verdict {
    try {
      new Webhook(this.#secret).verify(rawBody, headers as Record<string, string>);
      return 'valid';
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function shown(headers: Headers): Record<string, string> {
  const names = Object.keys(headers).filter((name) => /^(x-redcloud|webhook)-/.test(name));
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
