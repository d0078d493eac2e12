import { cached } from '../db/batching/cache.ts';
import type { Db, Queryable } from '../db/db.ts';
import type { Clock } from '../platform/clock.ts';
import { conflict, notFound } from '../platform/errors.ts';
import { randomSecret } from '../platform/ids.ts';
import type { Keys } from './keys.ts';

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

interface Stored {
  deliveryUrl: string | null;
  inboundUrl: string | null;
  current: string | undefined;
  former: string | undefined;
  formerUntil: Date | null;
}

const STORED = `delivery_webhook_url as "deliveryUrl", inbound_webhook_url as "inboundUrl",
  webhook_secret_sealed as current, former_webhook_secret_sealed as former, former_webhook_secret_until as "formerUntil"`;

export function newWebhookSecret(): string {
  return `whsec_${Buffer.from(randomSecret('')).toString('base64')}`;
}

export function createWebhookSecrets({ db, keys, clock }: { db: Db; keys: Keys; clock: Clock }) {
  const stored = cached(db, async (id): Promise<Stored | undefined> => {
    const [row] = await db.query<Stored>(`select ${STORED} from api_clients where id = $1`, [id]);
    const open = (sealed: string | undefined | null) => (sealed ? keys.open(sealed, id) : undefined);
    return row && { ...row, current: open(row.current), former: open(row.former) };
  });

  return {
    /** Invalidates cached settings. Must be called after every commit that may have changed them. */
    invalidate: () => stored.invalidate(),

    /** @returns the settings, or undefined when the client does not exist. */
    async settings(id: string): Promise<WebhookSettings | undefined> {
      const found = await stored(id);
      if (!found) return undefined;
      const { deliveryUrl, inboundUrl, current, former, formerUntil } = found;
      // Computed for each call, because the cached row does not change when the overlap ends.
      const overlaps = formerUntil !== null && formerUntil.getTime() > clock.now();
      const secrets = current === undefined ? undefined : { current, former: overlaps ? former : undefined };
      return { deliveryUrl, inboundUrl, secrets };
    },

    /** Whether the stored secrets were encrypted with this key. Also true when there are none. */
    async owned(): Promise<boolean> {
      const [row] = await db.query<{ id: string; sealed: string }>(
        'select id, webhook_secret_sealed as sealed from api_clients order by id limit 1',
        [],
      );
      return row === undefined || keys.open(row.sealed, row.id) !== undefined;
    },

    /**
     * Creates a new secret. The secret is in the response and stored nowhere in plain text.
     * @param overlapSeconds time in which the old secret signs too. 0: the old secret and the one before it end at
     * once.
     * @throws ApiError NOT_FOUND when the client does not exist. CONFLICT during an overlap, unless `overlapSeconds` is
     * 0, because only two secrets can sign and none may end early without a request.
     */
    async rotate(tx: Queryable, id: string, overlapSeconds: number): Promise<Rotation> {
      const [row] = await tx.query<Pick<Stored, 'formerUntil'>>(
        'select former_webhook_secret_until as "formerUntil" from api_clients where id = $1 for update',
        [id],
      );
      if (!row) throw notFound('No such API client');
      const now = clock.now();
      if (overlapSeconds > 0 && row.formerUntil && row.formerUntil.getTime() > now) throw overlapRuns(row.formerUntil);
      const webhookSecret = newWebhookSecret();
      const oldSecretValidUntil = overlapSeconds > 0 ? new Date(now + overlapSeconds * 1000) : null;
      await tx.query(
        `update api_clients set webhook_secret_sealed = $2, former_webhook_secret_until = $3, updated_at = $4,
           former_webhook_secret_sealed = case when $3::timestamptz is null then null else webhook_secret_sealed end
         where id = $1`,
        [id, keys.seal(webhookSecret, id), oldSecretValidUntil, new Date(now)],
      );
      return { webhookSecret, oldSecretValidUntil };
    },
  };
}

function overlapRuns(until: Date) {
  const oldSecretValidUntil = until.toISOString();
  return conflict(
    `The previous secret is valid until ${oldSecretValidUntil}. Rotate after that time, or set overlapSeconds to 0.`,
    { oldSecretValidUntil },
  );
}
