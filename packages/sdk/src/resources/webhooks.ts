import { Listing } from '../paging.ts';
import type { Api, Call, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
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

/** Where this client's webhooks go, how they fared, and sending again. Reading needs `webhooks:read`, the rest `webhooks:update`. */
export class Webhooks {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get(options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'GET', path: PATH }, options);
  }

  /** Changes what is given; null clears. A URL that was disabled is enabled by being set. */
  update(change: WebhookUpdate, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'PATCH', path: PATH, body: change }, options);
  }

  /** An endpoint that was disabled gets events again. What happened meanwhile is kept: `replay` it. */
  enable(url: string, options?: CallOptions): Promise<WebhookSettings> {
    return this.#json({ method: 'POST', path: `${PATH}/enable`, body: { url } }, options);
  }

  /** Has one event of type `webhook.test` sent, and tells what the endpoint said. */
  test(which: WebhookTest = {}, options?: CallOptions): Promise<WebhookTestResult> {
    return this.#json({ method: 'POST', path: `${PATH}/test`, body: which }, options);
  }

  /**
   * A new secret, which is in this answer only. Until `oldSecretValidUntil` both sign: give `verify` both meanwhile. Never
   * repeated by itself: after a ConnectionError or TimeoutError rotate again with `{ overlapSeconds: 0 }`.
   * @throws ApiError CONFLICT while an overlap runs | as any call
   */
  rotateSecret(how: SecretRotation = {}, options?: CallOptions): Promise<RotatedSecret> {
    return this.#json({ method: 'POST', path: `${PATH}/secret/rotate`, body: how, isUnrepeatable: true }, options);
  }

  /** Each event and each attempt to deliver it, newest first. */
  deliveries(filters: DeliveryFilters = {}, options?: CallOptions): Listing<Delivery> {
    return new Listing(async (cursor) => {
      const call = { method: 'GET', path: `${PATH}/deliveries`, query: { ...filters, cursor } } as const;
      const { deliveries, nextCursor } = await this.#json<DeliveryPage>(call, options);
      return { items: deliveries, nextCursor };
    }, filters.cursor);
  }

  /** Sends one event again, whether it was delivered or not. */
  async replayEvent(eventId: string, options?: CallOptions): Promise<EventReplay> {
    return this.#json({ method: 'POST', path: `${PATH}/deliveries/${segment('eventId', eventId)}/replay` }, options);
  }

  /**
   * Sends again, in the background, what was never delivered since a time. A retry whose first attempt got through
   * after all may begin a second one, which finds nothing left to do or repeats events that have their `eventId`.
   */
  replay(what: NewReplay, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'POST', path: `${PATH}/replays`, body: what }, options);
  }

  async replays(options?: CallOptions): Promise<Replay[]> {
    return (await this.#json<{ replays: Replay[] }>({ method: 'GET', path: `${PATH}/replays` }, options)).replays;
  }

  async getReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'GET', path: `${PATH}/replays/${segment('replayId', replayId)}` }, options);
  }

  /** What it has put on its way stays so. */
  async cancelReplay(replayId: string, options?: CallOptions): Promise<Replay> {
    return this.#json({ method: 'DELETE', path: `${PATH}/replays/${segment('replayId', replayId)}` }, options);
  }

  async #json<T>(call: Call, options: CallOptions | undefined): Promise<T> {
    return (await this.#api.call(call, options)).json as T;
  }
}

interface DeliveryPage {
  deliveries: Delivery[];
  nextCursor: string | null;
}
