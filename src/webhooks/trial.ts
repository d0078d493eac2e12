import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import { invalidRequest } from '../errors.ts';
import type { Ids } from '../ids.ts';
import type { Poster } from './post.ts';
import { webhookHeaders } from './sign.ts';

export type Purpose = 'delivery' | 'inbound';

/** How an endpoint answered a test event. */
export interface TrialResult {
  url: string;
  delivered: boolean;
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  responseStart: string | null;
}

export type Trial = ReturnType<typeof createTrial>;

/** Sends a signed test event to where a client's events go, once, and says what came of it. Nothing is kept. */
export function createTrial(parts: { accounts: Accounts; poster: Poster; ids: Ids; clock: Clock }) {
  const { accounts, poster, ids, clock } = parts;

  return {
    /** @throws ApiError INVALID_REQUEST when there is no URL for that. */
    async run(client: string, purpose: Purpose): Promise<TrialResult> {
      const settings = await accounts.webhookSettings(client);
      const url = purpose === 'inbound' ? settings?.inboundUrl : settings?.deliveryUrl;
      if (!settings?.secrets || !url)
        throw invalidRequest(`There is no ${purpose} URL; set it first`, { field: 'purpose' });
      const now = clock.now();
      const eventId = ids.next('evt');
      const occurredAt = new Date(now).toISOString();
      const body = JSON.stringify({ eventId, type: 'webhook.test', occurredAt, sequence: 1, apiClientId: client });
      const headers = webhookHeaders(settings.secrets, eventId, now, body);
      const { statusCode = null, error = null, responseStart } = await poster.post(new URL(url), headers, body);
      const durationMs = Math.max(0, Math.round(clock.now() - now));
      return {
        url,
        delivered: error === null,
        statusCode,
        error,
        durationMs,
        responseStart: error ? responseStart : null,
      };
    },

    async stop(): Promise<void> {
      poster.stop();
      await poster.close();
    },
  };
}
