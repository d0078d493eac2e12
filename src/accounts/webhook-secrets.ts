import type { Clock } from '../clock.ts';
import type { Db, Queryable } from '../db/db.ts';
import { remember } from '../db/remember.ts';
import { conflict, notFound } from '../errors.ts';
import { randomSecret } from '../ids.ts';
import type { Keys } from './keys.ts';

/** What signs a client's webhooks now. */
export interface SigningSecrets {
  current: string;
  /** The one before it, while the overlap of a rotation lasts. */
  former: string | undefined;
}

/** Where a client's webhooks go, and what signs them. */
export interface WebhookSettings {
  deliveryUrl: string | null;
  inboundUrl: string | null;
  /** undefined: they can't be opened; the store was written under another RC_SECRET_KEY, or is damaged. */
  secrets: SigningSecrets | undefined;
}

export interface Rotation {
  webhookSecret: string;
  /** null: the old one signs nothing any more. */
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
  const stored = remember(db, async (id): Promise<Stored | undefined> => {
    const [row] = await db.query<Stored>(`select ${STORED} from api_clients where id = $1`, [id]);
    const open = (sealed: string | undefined | null) => (sealed ? keys.open(sealed, id) : undefined);
    return row && { ...row, current: open(row.current), former: open(row.former) };
  });

  return {
    /** To be called after every commit that may have changed them. */
    forget: () => stored.forget(),

    /** @returns undefined when there is no such client. */
    async settings(id: string): Promise<WebhookSettings | undefined> {
      const found = await stored(id);
      if (!found) return undefined;
      const { deliveryUrl, inboundUrl, current, former, formerUntil } = found;
      // Judged anew each time: what is remembered does not change when the overlap ends.
      const overlaps = formerUntil !== null && formerUntil.getTime() > clock.now();
      const secrets = current === undefined ? undefined : { current, former: overlaps ? former : undefined };
      return { deliveryUrl, inboundUrl, secrets };
    },

    /** Whether what is sealed here was sealed with this key; true as well while there is nothing. */
    async owned(): Promise<boolean> {
      const [row] = await db.query<{ id: string; sealed: string }>(
        'select id, webhook_secret_sealed as sealed from api_clients order by id limit 1',
        [],
      );
      return row === undefined || keys.open(row.sealed, row.id) !== undefined;
    },

    /**
     * Makes a new secret, which is in the answer and nowhere else.
     * @param overlapSeconds for which the old one signs beside the new one. 0: it signs nothing any more, nor does the one
     *   before it.
     * @throws ApiError NOT_FOUND; CONFLICT while an overlap runs, but for 0: three could not sign, and none may end early
     *   unless it is asked for.
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
    `The secret before this one signs until ${oldSecretValidUntil}; rotate after that, or with overlapSeconds 0, which ends it`,
    { oldSecretValidUntil },
  );
}
