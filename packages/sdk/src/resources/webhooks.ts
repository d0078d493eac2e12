import { Listing } from '../paging.ts';
import type { Api, Call, CallOptions } from '../transport/api.ts';
import { type KeyedOptions, keyed } from '../transport/key.ts';
import { segment } from '../transport/path.ts';
import { has } from '../transport/response-shape.ts';
import type {
  Delivery,
  DeliveryFilters,
  EventReplay,
  NewReplay,
  Replay,
  RotatedSecret,
  SecretRotation,
  WebhookSettings,
  WebhookTest,
  WebhookTestResult,
  WebhookUpdate,
} from '../types.ts';

const PATH = '/api/core/webhooks';

const isSettings = has({ endpoints: 'list' });
const isReplay = has({ replayId: 'text' });

/**
 * Webhook settings of this API client, deliveries, test events and replays. Reading needs the capability
 * `webhooks:read`, all else needs `webhooks:update`. All methods throw ApiError | ConnectionError | TimeoutError |
 * AbortError.
 */
export class Webhooks {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Returns the webhook settings and the state of each endpoint. */
  get(options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'GET', path: PATH, hasExpectedShape: isSettings }, options);
  }

  /** Changes the given settings. null clears a setting. Setting the URL of a disabled endpoint enables the endpoint. */
  update(change: WebhookUpdate, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'PATCH', path: PATH, body: change, hasExpectedShape: isSettings }, options);
  }

  /** Enables a disabled endpoint. Events of the meantime are stored. Deliver them with `replay`. */
  enable(url: string, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'POST', path: `${PATH}/enable`, body: { url }, hasExpectedShape: isSettings }, options);
  }

  /** Sends one test event (type `webhook.test`) and returns the response of the endpoint. */
  test(which: WebhookTest = {}, options?: CallOptions): Promise<WebhookTestResult> {
    return this.#json(
      { method: 'POST', path: `${PATH}/test`, body: which, hasExpectedShape: has({ url: 'text' }) },
      options,
    );
  }

  /**
   * Creates a new webhook secret, which only this response contains. Both secrets sign until `oldSecretValidUntil`.
   * Pass both to `verify` until then. Retries never cause a second rotation.
   *
   * @throws ApiError `CONFLICT` during the overlap of an earlier rotation, unless `overlapSeconds` is 0
   * @throws ApiError | ConnectionError | TimeoutError | AbortError. Repeat the request with `error.idempotencyKey`
   *   within a day.
   */
  rotateSecret(how: SecretRotation = {}, options: KeyedOptions = {}): Promise<RotatedSecret> {
    return keyed(this.#api, options, async (headers, limits) => {
      const path = `${PATH}/secret/rotate`;
      return this.#json(
        { method: 'POST', path, headers, body: how, hasExpectedShape: has({ webhookSecret: 'text' }) },
        limits,
      );
    });
  }

  /** Lists events with all attempts to deliver them, newest first. */
  deliveries(filters: DeliveryFilters = {}, options?: CallOptions): Listing<Delivery> {
    return new Listing(async (cursor) => {
      const hasExpectedShape = has({ deliveries: 'list', nextCursor: 'cursor' });
      const call = {
        method: 'GET',
        path: `${PATH}/deliveries`,
        query: { ...filters, cursor },
        hasExpectedShape,
      } as const;
      const { deliveries, nextCursor } = await this.#json<DeliveryPage>(call, options);
      return { items: deliveries, nextCursor };
    }, filters.cursor);
  }

  /** Delivers one event again, also if it was delivered before. */
  async replayEvent(eventId: string, options?: CallOptions): Promise<EventReplay> {
    const path = `${PATH}/deliveries/${segment('eventId', eventId)}/replay`;
    return this.#json({ method: 'POST', path, hasExpectedShape: has({ eventId: 'text' }) }, options);
  }

  /**
   * Starts to deliver all undelivered events since a time again, in the background.
   *
   * A retry after a lost response may start a second replay. The second replay either has no events left, or repeats
   * events with the same `eventId`.
   */
  replay(what: NewReplay, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'POST', path: `${PATH}/replays`, body: what, hasExpectedShape: isReplay }, options);
  }

  /** Lists the latest replays, newest first. */
  async replays(options?: CallOptions): Promise<Replay[]> {
    const call = { method: 'GET', path: `${PATH}/replays`, hasExpectedShape: has({ replays: 'list' }) } as const;
    return (await this.#json<{ replays: Replay[] }>(call, options)).replays;
  }

  /** Returns a replay with its progress. */
  async getReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'GET', path: replayPath(replayId), hasExpectedShape: isReplay }, options);
  }

  /** Cancels a replay. Deliveries that the replay has already scheduled are not cancelled. */
  async cancelReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'DELETE', path: replayPath(replayId), hasExpectedShape: isReplay }, options);
  }

  async #json<T>(call: Call, options: CallOptions | undefined): Promise<T> {
    return (await this.#api.call(call, options)).json as T;
  }
}

const replayPath = (replayId: string) => `${PATH}/replays/${segment('replayId', replayId)}`;

interface DeliveryPage {
  deliveries: Delivery[];
  nextCursor: string | null;
}
