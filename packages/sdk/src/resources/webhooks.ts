import { Listing } from '../paging.ts';
import type { Api, Call, CallOptions } from '../transport/api.ts';
import { type KeyedOptions, keyed } from '../transport/key.ts';
import { segment } from '../transport/path.ts';
import { has } from '../transport/whole.ts';
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

/** Where this client's webhooks go, how they fared, and sending again. Reading needs `webhooks:read`, the rest `webhooks:update`. */
export class Webhooks {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get(options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'GET', path: PATH, isWhole: isSettings }, options);
  }

  /** Changes what is given; null clears. A URL that was disabled is enabled by being set. */
  update(change: WebhookUpdate, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'PATCH', path: PATH, body: change, isWhole: isSettings }, options);
  }

  /** An endpoint that was disabled gets events again. What happened meanwhile is kept: `replay` it. */
  enable(url: string, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'POST', path: `${PATH}/enable`, body: { url }, isWhole: isSettings }, options);
  }

  /** Has one event of type `webhook.test` sent, and tells what the endpoint said. */
  test(which: WebhookTest = {}, options?: CallOptions): Promise<WebhookTestResult> {
    return this.#json({ method: 'POST', path: `${PATH}/test`, body: which, isWhole: has({ url: 'text' }) }, options);
  }

  /**
   * A new secret, which is in this answer only. Until `oldSecretValidUntil` both sign: give `verify` both meanwhile. Rotated once
   * however often the network fails meanwhile, as a message is sent.
   * @throws ApiError CONFLICT while an overlap runs | as any call; `idempotencyKey` makes it safe to repeat, for a day
   */
  rotateSecret(how: SecretRotation = {}, options: KeyedOptions = {}): Promise<RotatedSecret> {
    return keyed(this.#api, options, async (headers, limits) => {
      const path = `${PATH}/secret/rotate`;
      return this.#json({ method: 'POST', path, headers, body: how, isWhole: has({ webhookSecret: 'text' }) }, limits);
    });
  }

  /** Each event and each attempt to deliver it, newest first. */
  deliveries(filters: DeliveryFilters = {}, options?: CallOptions): Listing<Delivery> {
    return new Listing(async (cursor) => {
      const isWhole = has({ deliveries: 'list', nextCursor: 'cursor' });
      const call = { method: 'GET', path: `${PATH}/deliveries`, query: { ...filters, cursor }, isWhole } as const;
      const { deliveries, nextCursor } = await this.#json<DeliveryPage>(call, options);
      return { items: deliveries, nextCursor };
    }, filters.cursor);
  }

  /** Sends one event again, whether it was delivered or not. */
  async replayEvent(eventId: string, options?: CallOptions): Promise<EventReplay> {
    const path = `${PATH}/deliveries/${segment('eventId', eventId)}/replay`;
    return this.#json({ method: 'POST', path, isWhole: has({ eventId: 'text' }) }, options);
  }

  /**
   * Sends again, in the background, what was never delivered since a time. A retry whose first attempt got through
   * after all may begin a second one, which finds nothing left to do or repeats events that have their `eventId`.
   */
  replay(what: NewReplay, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'POST', path: `${PATH}/replays`, body: what, isWhole: isReplay }, options);
  }

  async replays(options?: CallOptions): Promise<Replay[]> {
    const call = { method: 'GET', path: `${PATH}/replays`, isWhole: has({ replays: 'list' }) } as const;
    return (await this.#json<{ replays: Replay[] }>(call, options)).replays;
  }

  async getReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'GET', path: replayPath(replayId), isWhole: isReplay }, options);
  }

  /** What it has put on its way stays so. */
  async cancelReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'DELETE', path: replayPath(replayId), isWhole: isReplay }, options);
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
