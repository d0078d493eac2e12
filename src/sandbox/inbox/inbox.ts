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

/** The secrets that the customer has now; two while a rotation's overlap lasts. */
export type Secrets = () => Promise<readonly string[]>;

/** Receives the sandbox's webhooks as a customer would: it shares nothing with the sender but the secrets. */
export class Inbox {
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #received: Received[] = [];
  readonly #arrivals = new EventEmitter<{ received: [Received] }>().setMaxListeners(0);

  constructor(secrets: Secrets, clock: Clock) {
    this.#secrets = secrets;
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

  async take(headers: Headers, rawBody: string): Promise<Received> {
    const secrets = await this.#secrets();
    const received: Received = {
      receivedAt: new Date(this.#clock.now()).toISOString(),
      verification: {
        redcloud: best(secrets, (secret) => this.#redcloud(secret, headers, rawBody)),
        standardWebhooks: best(secrets, (secret) => standardWebhooks(secret, headers, rawBody)),
      },
      headers: shown(headers),
      body: parsed(rawBody),
    };
    this.#received.push(received);
    if (this.#received.length > KEPT) this.#received.shift();
    this.#arrivals.emit('received', received);
    return received;
  }

  #redcloud(secret: string, headers: Headers, rawBody: string): Verdict {
    const timestamp = String(headers['x-redcloud-timestamp']);
    const expected = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest();
    const given = Buffer.from(String(headers['x-redcloud-signature']), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
    const age = Math.abs(this.#clock.now() / 1000 - Number(timestamp));
    return age <= TOLERANCE_SECONDS ? 'valid' : 'too old';
  }
}

function standardWebhooks(secret: string, headers: Headers, rawBody: string): Verdict {
  try {
    new Webhook(secret).verify(rawBody, headers as Record<string, string>);
    return 'valid';
  } catch (error) {
    return (error as Error).message;
  }
}

/** One secret that it verifies with is enough. */
function best(secrets: readonly string[], verify: (secret: string) => Verdict): Verdict {
  const verdicts = secrets.map(verify);
  return verdicts.find((verdict) => verdict === 'valid') ?? verdicts[0] ?? 'no secret to verify with';
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
