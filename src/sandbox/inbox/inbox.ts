import { createHmac, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../clock.ts';
import { invalidRequest } from '../../errors.ts';
import { Kept } from './kept.ts';

const TOLERANCE_SECONDS = 300;
/** Levels of lists and objects. Events have four; JSON.stringify overflows the stack at some thousands. */
const DEEPEST = 32;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A webhook that was posted, and whether its signatures verify. */
interface Received {
  receivedAt: string;
  verification: { redcloud: Verdict; standardWebhooks: Verdict };
  headers: Record<string, string>;
  /** Any JSON value: anyone on this machine can post one. */
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
  readonly #kept = new Kept();
  readonly #arrivals = new EventEmitter<{ received: [Buffer] }>().setMaxListeners(0);

  constructor(secrets: Secrets, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** The latest ones, oldest first, each as JSON text. */
  received(): readonly Buffer[] {
    return this.#kept.entries;
  }

  onReceived(listener: (received: Buffer) => void): () => void {
    this.#arrivals.on('received', listener);
    return () => this.#arrivals.off('received', listener);
  }

  /** @throws ApiError INVALID_REQUEST for a body that is not JSON, or nested too deeply to be shown. */
  async take(headers: Headers, rawBody: string): Promise<void> {
    const body = parsed(rawBody);
    const secrets = await this.#secrets();
    const received: Received = {
      receivedAt: new Date(this.#clock.now()).toISOString(),
      verification: {
        redcloud: best(secrets, (secret) => this.#redcloud(secret, headers, rawBody)),
        standardWebhooks: best(secrets, (secret) => standardWebhooks(secret, headers, rawBody)),
      },
      headers: shown(headers),
      body,
    };
    const entry = Buffer.from(JSON.stringify(received));
    this.#kept.add(entry);
    this.#arrivals.emit('received', entry);
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest(text === '' ? 'The body is empty; expected JSON' : 'The body is not valid JSON');
  }
  if (isDeeper(value, DEEPEST)) throw invalidRequest(`The body is nested deeper than ${DEEPEST} levels`);
  return value;
}

/** Without recursion: a body may be nested as deeply as its size allows. */
function isDeeper(value: unknown, levels: number): boolean {
  const left = [{ value, level: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    const level = next.level + 1;
    if (level > levels) return true;
    for (const inner of Object.values(next.value)) left.push({ value: inner, level });
  }
  return false;
}
