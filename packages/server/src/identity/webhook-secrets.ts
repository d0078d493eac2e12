import { type Cached, cached } from '../db/batching/cache.ts';
import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict, notFound } from '../platform/errors.ts';
import { randomSecret } from '../platform/ids.ts';
import { createIdempotentResponses, type IdempotentResponse, type Repeat } from './idempotent-responses.ts';
import type { Keys } from './keys.ts';
import { ANY_WEBHOOK_SECRET, LOCK_ROTATION, ROTATE_WEBHOOK_SECRET, WEBHOOK_SETTINGS } from './sql.ts';

/** Secrets that currently sign a client's webhooks. */
export interface SigningSecrets {
  current: string;
  /** The previous secret, during the overlap of a rotation. */
  former: string | undefined;
}

/** URLs and signing secrets of a client's webhooks. */
export interface WebhookSettings {
  deliveryUrl: string | null;
  inboundUrl: string | null;
  /** undefined: decryption failed. The store was written under another RC_SECRET_KEY, or is damaged. */
  secrets: SigningSecrets | undefined;
}

export interface Rotation {
  webhookSecret: string;
  /** null: the old secret no longer signs. */
  oldSecretValidUntil: Date | null;
}

/** Settings with decrypted secrets. undefined: there is no secret, or decryption failed. */
interface Stored {
  deliveryUrl: string | null;
  inboundUrl: string | null;
  current: string | undefined;
  former: string | undefined;
  formerUntil: Date | null;
}

export function newWebhookSecret(): string {
  return `whsec_${Buffer.from(randomSecret('')).toString('base64')}`;
}

export interface WebhookSecretsParts {
  db: Db;
  keys: Keys;
  clock: Clock;
}

/** URLs of the webhooks of API clients, and the secrets that sign them. */
export class WebhookSecrets {
  readonly #parts: WebhookSecretsParts;
  readonly #once: ReturnType<typeof createIdempotentResponses>;
  readonly #stored: Cached<Stored | undefined>;

  constructor(parts: WebhookSecretsParts) {
    const { db, keys } = parts;
    this.#parts = parts;
    this.#once = createIdempotentResponses(parts);
    this.#stored = cached(db, async (id) => {
      const [row] = await run(db, WEBHOOK_SETTINGS, id);
      const open = (sealed: string | null) => (sealed ? keys.open(sealed, id) : undefined);
      return row && { ...row, current: open(row.current), former: open(row.former) };
    });
  }

  /** Invalidates cached settings. Must be called after every commit that may have changed them. */
  invalidate(): void {
    this.#stored.invalidate();
  }

  /** @returns the URLs and the secrets that sign now, or undefined when the client does not exist. */
  async settings(id: string): Promise<WebhookSettings | undefined> {
    const found = await this.#stored(id);
    if (!found) return undefined;
    const { deliveryUrl, inboundUrl, current, former, formerUntil } = found;
    // Computed for each call, because the cached row does not change when the overlap ends.
    const overlaps = formerUntil !== null && formerUntil.getTime() > this.#parts.clock.now();
    const secrets = current === undefined ? undefined : { current, former: overlaps ? former : undefined };
    return { deliveryUrl, inboundUrl, secrets };
  }

  /** Whether the stored secrets were encrypted with this key. Also true when there are none. */
  async owned(): Promise<boolean> {
    const { db, keys } = this.#parts;
    const [row] = await run(db, ANY_WEBHOOK_SECRET);
    return row === undefined || keys.open(row.sealed, row.id) !== undefined;
  }

  /**
   * Creates a new secret, which applies from the next attempt. The secret is in the response and stored nowhere in
   * plain text.
   * @param overlapSeconds time in which the old secret signs too. 0: the old secret and the one before it end at
   * once.
   * @throws ApiError NOT_FOUND when the client does not exist. CONFLICT during an overlap, unless `overlapSeconds` is
   * 0, because only two secrets can sign and none may end early without a request.
   */
  async rotate(id: string, overlapSeconds: number, repeat?: Repeat): Promise<IdempotentResponse<Rotation>> {
    const { keys, clock } = this.#parts;
    const rotation = await this.#once(repeat, async (tx) => {
      const [row] = await run(tx, LOCK_ROTATION, id);
      if (!row) throw notFound('No such API client');
      const now = clock.now();
      if (overlapSeconds > 0 && row.formerUntil && row.formerUntil.getTime() > now) throw overlapRuns(row.formerUntil);
      const webhookSecret = newWebhookSecret();
      const oldSecretValidUntil = overlapSeconds > 0 ? new Date(now + overlapSeconds * 1000) : null;
      await run(tx, ROTATE_WEBHOOK_SECRET, id, keys.seal(webhookSecret, id), oldSecretValidUntil, new Date(now));
      return { webhookSecret, oldSecretValidUntil };
    });
    this.invalidate();
    return rotation;
  }
}

function overlapRuns(until: Date) {
  const oldSecretValidUntil = until.toISOString();
  return conflict(
    `The previous secret is valid until ${oldSecretValidUntil}. Rotate after that time, or set overlapSeconds to 0.`,
    { oldSecretValidUntil },
  );
}
