import type { WebhookSecrets } from '#identity/webhook-secrets.ts';
import type { Clock } from '#platform/clock.ts';
import { invalidRequest } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
import type { Poster } from '../delivery/post.ts';
import { webhookHeaders } from '../delivery/sign.ts';
import { TestEventLimits } from './test-event-limits.ts';

export type Purpose = 'delivery' | 'inbound';

/** Response of an endpoint to a test event. */
export interface TestEventResult {
  url: string;
  delivered: boolean;
  statusCode: number | null;
  error: string | null;
  durationMs: number;
  responseStart: string | null;
}

export type TestEvents = ReturnType<typeof createTestEvents>;

export interface TestEventParts {
  webhookSecrets: Pick<WebhookSecrets, 'settings'>;
  poster: Poster;
  ids: Ids;
  clock: Clock;
  log: Log;
}

/** Sends a signed test event to the URL of a client's events, once, and returns the response. Nothing is stored. */
export function createTestEvents({ webhookSecrets, poster, ids, clock, log }: TestEventParts) {
  const limits = new TestEventLimits(clock);

  async function send(client: string, purpose: Purpose): Promise<TestEventResult> {
    const settings = await webhookSecrets.settings(client);
    const url = purpose === 'inbound' ? settings?.inboundUrl : settings?.deliveryUrl;
    if (!settings?.secrets || !url)
      throw invalidRequest(`No ${purpose} URL is set. Set the URL first.`, { field: 'purpose' });
    const now = clock.now();
    const eventId = ids.next('evt');
    const occurredAt = new Date(now).toISOString();
    const body = JSON.stringify({ eventId, type: 'webhook.test', occurredAt, sequence: 1, apiClientId: client });
    const headers = webhookHeaders(settings.secrets, eventId, now, body);
    const target = new URL(url);
    const { statusCode = null, error = null, reason, responseStart } = await poster.post(target, headers, body);
    const ms = Math.max(0, Math.round(clock.now() - now));
    log.info({ event: 'webhook_test', apiClientId: client, host: target.host, statusCode, error, reason, ms });
    return {
      url,
      delivered: error === null,
      statusCode,
      error,
      durationMs: ms,
      responseStart: error ? responseStart : null,
    };
  }

  return {
    /** @throws ApiError INVALID_REQUEST if no URL is set for the purpose, or RATE_LIMITED. */
    async run(client: string, purpose: Purpose): Promise<TestEventResult> {
      const leave = limits.enter(client);
      try {
        return await send(client, purpose);
      } finally {
        leave();
      }
    },

    async stop(): Promise<void> {
      poster.stop();
      poster.close();
    },
  };
}
