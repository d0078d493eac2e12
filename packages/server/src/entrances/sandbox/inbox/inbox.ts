import { createHmac, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Webhook } from 'standardwebhooks';
import type { Clock } from '#platform/clock.ts';
import { invalidRequest } from '#platform/errors.ts';
import { RecentEntries } from './recent-entries.ts';

const TOLERANCE_SECONDS = 300;
/**
 * Maximum nesting of lists and objects. Events have four levels. JSON.stringify overflows the stack at some thousands.
 */
const DEEPEST = 32;

type PostedHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Webhook as it was posted. Signatures are verified when the webhook is first viewed, since most are never viewed. */
interface Posted {
  receivedAtMs: number;
  /** Secrets of the client at that time. */
  secrets: readonly string[];
  headers: Record<string, string>;
  rawBody: string;
  /** Text for the page, created when the webhook is first viewed. */
  view?: string;
}

/** Webhook as the page shows it. */
interface Received {
  receivedAt: string;
  verification: { redcloud: Verdict; standardWebhooks: Verdict };
  headers: Record<string, string>;
  /** Any JSON value, since anyone on this machine can post one. */
  body: unknown;
}

/** `valid`, or the reason why not. */
type Verdict = string;

/** Current secrets of the client. Two during the overlap of a rotation. */
export type Secrets = () => Promise<readonly string[]>;

/** Receives the sandbox's webhooks like the endpoint of a client. Shares only the secrets with the sender. */
export class Inbox {
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #entries = new RecentEntries<Posted>();
  readonly #arrivals = new EventEmitter<{ received: [Posted] }>().setMaxListeners(0);

  constructor(secrets: Secrets, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** The latest webhooks, oldest first, each as JSON text. */
  received(): string[] {
    return this.#entries.values.map(textOf);
  }

  /** @param listener takes each new webhook as JSON text. @returns a function that removes the listener. */
  onReceived(listener: (received: string) => void): () => void {
    const take = (posted: Posted) => listener(textOf(posted));
    this.#arrivals.on('received', take);
    return () => this.#arrivals.off('received', take);
  }

  /** @throws ApiError INVALID_REQUEST for a body that is not JSON or is nested too deeply. */
  async take(headers: PostedHeaders, rawBody: string): Promise<void> {
    requireJson(rawBody);
    const secrets = await this.#secrets();
    const posted: Posted = { receivedAtMs: this.#clock.now(), secrets, headers: visibleHeaders(headers), rawBody };
    this.#entries.add(posted, Buffer.byteLength(rawBody));
    this.#arrivals.emit('received', posted);
  }
}

function textOf(posted: Posted): string {
  posted.view ??= JSON.stringify(received(posted));
  return posted.view;
}

function received({ receivedAtMs, secrets, headers, rawBody }: Posted): Received {
  return {
    receivedAt: new Date(receivedAtMs).toISOString(),
    verification: {
      redcloud: best(secrets, (secret) => redcloud(secret, headers, rawBody, receivedAtMs)),
      standardWebhooks: best(secrets, (secret) => standardWebhooks(secret, headers, rawBody, receivedAtMs)),
    },
    headers,
    body: JSON.parse(rawBody),
  };
}

function redcloud(secret: string, headers: Record<string, string>, rawBody: string, receivedAtMs: number): Verdict {
  const timestamp = String(headers['x-redcloud-timestamp']);
  const expected = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest();
  const given = Buffer.from(String(headers['x-redcloud-signature']), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
  const age = Math.abs(receivedAtMs / 1000 - Number(timestamp));
  return age <= TOLERANCE_SECONDS ? 'valid' : 'too old';
}

/** Verifies with the library of Standard Webhooks, but with the time of receipt instead of the library's clock. */
function standardWebhooks(
  secret: string,
  headers: Record<string, string>,
  rawBody: string,
  receivedAtMs: number,
): Verdict {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !timestamp || !signatures) return 'missing headers';
  const sentAt = new Date(Number(timestamp) * 1000);
  if (Number.isNaN(sentAt.getTime())) return 'wrong timestamp';
  const expected = new Webhook(secret).sign(id, sentAt, rawBody);
  if (!signatures.split(' ').includes(expected)) return 'wrong signature';
  return Math.abs(receivedAtMs - sentAt.getTime()) <= TOLERANCE_SECONDS * 1000 ? 'valid' : 'too old';
}

/** One secret that verifies is enough. */
function best(secrets: readonly string[], verify: (secret: string) => Verdict): Verdict {
  const verdicts = secrets.map(verify);
  return verdicts.find((verdict) => verdict === 'valid') ?? verdicts[0] ?? 'no secret to verify with';
}

function visibleHeaders(headers: PostedHeaders): Record<string, string> {
  const names = Object.keys(headers).filter((name) => /^(x-redcloud|webhook)-/.test(name));
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

function requireJson(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest(text === '' ? 'The body is empty. Expected JSON.' : 'The body is not valid JSON');
  }
  if (isDeeper(value, DEEPEST)) throw invalidRequest(`The body is nested deeper than ${DEEPEST} levels`);
}

/** Works without recursion, since a body may be nested as deeply as its size allows. */
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
