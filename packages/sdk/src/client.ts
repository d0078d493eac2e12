import { InvalidCallError, type RedCloudError } from './errors.ts';
import { BulkSends } from './resources/bulk-sends.ts';
import { Events } from './resources/events.ts';
import { Media } from './resources/media.ts';
import { Messages } from './resources/messages.ts';
import { Numbers } from './resources/numbers.ts';
import { OptOuts } from './resources/opt-outs.ts';
import { QuietHours } from './resources/quiet-hours.ts';
import { Webhooks } from './resources/webhooks.ts';
import { type Api, type Call, type CallOptions, type Credentials, createApi } from './transport/api.ts';
import { type KeyedOptions, keyed } from './transport/key.ts';
import { parsed } from './transport/path.ts';
import { has } from './transport/response-shape.ts';
import { platform, type Runtime } from './transport/runtime.ts';
import type { Identity } from './types.ts';

/** Credentials of an API client. Exchanged for access tokens by OAuth 2.0 client credentials (RFC 6749 §4.4). */
export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  accessToken?: undefined;
}

/**
 * An access token instead of a client id and secret. The token is not refreshed. After its expiry, calls reject with an
 * `ApiError` of status 401.
 */
export interface AccessToken {
  accessToken: string;
  clientId?: undefined;
  clientSecret?: undefined;
}

/** Options of `RedCloud`: a server, and either client credentials or an access token. */
export type RedCloudOptions = ConnectionOptions & (ClientCredentials | AccessToken);

export interface ConnectionOptions {
  /** URL of the server, such as `https://sms.example.com`. A path before `/api` may follow the host. */
  baseUrl: string;
  /**
   * Time limit of a call in milliseconds, retries included. Overridden by the option of the call. Default 60,000. An
   * upload or download has one more second for each 128 KiB.
   */
  timeoutMs?: number;
  /** Time limit of one attempt in milliseconds. Default 15,000. Extended for an upload or download like `timeoutMs`. */
  attemptTimeoutMs?: number;
  /** Maximum number of retries of a failed call within its time limit. 0 disables retries. Default 8. */
  maxRetries?: number;
  /**
   * Called before each retry, with the error of the last attempt and the wait until the retry in milliseconds. The call
   * does not wait for a returned promise. Errors of the listener go to `console.error` and do not affect the call.
   * Default: no listener.
   */
  onRetry?(error: RedCloudError, waitMs: number): unknown;
  /** Network, clock, timer and random source, for proxies and tests. Default: those of the platform. */
  runtime?: Partial<Runtime>;
}

/** Request of `RedCloud.request`, with a path such as `/api/core/whoami`. */
export type PlainRequest = Omit<Call, 'hasExpectedShape' | 'file' | 'isDownload'>;

/**
 * Client of a Red Cloud server for one API client. Create one instance and share it, because all its calls use one
 * token.
 *
 * ```ts
 * const rc = new RedCloud({ baseUrl, clientId, clientSecret });
 * const result = await rc.messages.send({ sendFrom, to: ['+15551234567'], messageType: 'SMS', text: 'Hello' });
 * ```
 */
export class RedCloud {
  /** Groups of send requests. */
  readonly bulkSends: BulkSends;
  /** Event stream of this API client. */
  readonly events: Events;
  /** Files of MMS. */
  readonly media: Media;
  /** Send requests and messages. */
  readonly messages: Messages;
  /** Phone numbers and the inventory of available numbers. */
  readonly numbers: Numbers;
  /** Opt-outs and automatic replies. */
  readonly optOuts: OptOuts;
  /** Hours and weekdays in which this API client sends. */
  readonly quietHours: QuietHours;
  /** Webhook settings, deliveries, replays and secrets. */
  readonly webhooks: Webhooks;
  readonly #api: Api;

  /** @throws InvalidCallError when an option is missing or invalid */
  constructor(options: RedCloudOptions) {
    const { runtime = {} } = options;
    this.#api = createApi(
      { ...platform, ...runtime },
      {
        credentials: readCredentials(options),
        baseUrl: readBaseUrl(options.baseUrl),
        timeoutMs: atLeast(1, 'timeoutMs', options.timeoutMs ?? 60_000),
        attemptTimeoutMs: atLeast(1, 'attemptTimeoutMs', options.attemptTimeoutMs ?? 15_000),
        maxRetries: atLeast(0, 'maxRetries', options.maxRetries ?? 8),
        onRetry: options.onRetry,
      },
    );
    this.bulkSends = new BulkSends(this.#api);
    this.events = new Events(this.#api);
    this.media = new Media(this.#api);
    this.messages = new Messages(this.#api, this.media);
    this.numbers = new Numbers(this.#api);
    this.optOuts = new OptOuts(this.#api);
    this.quietHours = new QuietHours(this.#api);
    this.webhooks = new Webhooks(this.#api);
  }

  /**
   * Returns the name, capabilities and numbers of this API client.
   *
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   */
  async whoami(options?: CallOptions): Promise<Identity> {
    const call = { method: 'GET', path: '/api/core/whoami', hasExpectedShape: has({ apiClientId: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as Identity;
  }

  /**
   * Calls a route that has no method in this package, with the same token, retries and errors as other calls. Pass an
   * `idempotencyKey` if the route accepts one.
   *
   * @returns JSON of the response, or undefined for a response without JSON (204)
   * @throws ApiError | ConnectionError | TimeoutError | AbortError
   * @throws InvalidCallError when the path, a header or the key is invalid
   */
  async request(request: PlainRequest, options: KeyedOptions = {}): Promise<unknown> {
    if (options.idempotencyKey === undefined) return (await this.#api.call(request, options)).json;
    return keyed(this.#api, options, async (key, limits) => {
      const call = { ...request, headers: { ...request.headers, ...key } };
      return (await this.#api.call(call, limits)).json;
    });
  }
}

function readCredentials({ clientId, clientSecret, accessToken }: RedCloudOptions): Credentials {
  if (accessToken) return { accessToken: mustBePrintable('accessToken', accessToken) };
  if (clientId && clientSecret) return { clientId, clientSecret };
  throw new InvalidCallError('Credentials are missing. Set clientId and clientSecret, or accessToken.');
}

/** Rejects text that a header cannot carry. `fetch` would report such text like a network failure. */
function mustBePrintable(name: string, text: string): string {
  if (typeof text === 'string' && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new InvalidCallError(`${name} must be printable ASCII characters without spaces`);
}

function readBaseUrl(text: string): string {
  const url = parsed(text);
  const isPlain =
    url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username + url.password === '';
  if (!isPlain)
    throw new InvalidCallError('baseUrl must be an http or https URL without credentials, query or fragment');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new InvalidCallError(`${name} must be a number of at least ${least}`);
}
