import { InvalidCallError, type RedCloudError } from './errors.ts';
import { Events } from './resources/events.ts';
import { Messages } from './resources/messages.ts';
import { Numbers } from './resources/numbers.ts';
import { OptOuts } from './resources/opt-outs.ts';
import { Webhooks } from './resources/webhooks.ts';
import { type Api, type Call, type CallOptions, type Credentials, createApi } from './transport/api.ts';
import { type KeyedOptions, keyed } from './transport/key.ts';
import { parsed } from './transport/path.ts';
import { platform, type Runtime } from './transport/runtime.ts';
import { has } from './transport/whole.ts';
import type { Identity } from './types.ts';

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  accessToken?: undefined;
}

/** Instead of a client's id and secret: a token that is there already. When it ends, so do the calls, with a 401. */
export interface AccessToken {
  accessToken: string;
  clientId?: undefined;
  clientSecret?: undefined;
}

export type RedCloudOptions = ConnectionOptions & (ClientCredentials | AccessToken);

export interface ConnectionOptions {
  /** Where the server is, such as `https://sms.example.com`; a path before `/api` may be part of it. */
  baseUrl: string;
  /** Milliseconds for a call, retries included, unless the call says otherwise. Default 60,000. */
  timeoutMs?: number;
  /** Milliseconds for one attempt. Default 15,000. */
  attemptTimeoutMs?: number;
  /** How often a call that failed is repeated within its time. Default 8; 0 for never. */
  maxRetries?: number;
  /**
   * Told before each wait for another attempt what ended the last one, and how many milliseconds the wait is. Nobody waits
   * for it, and what it throws changes nothing (it goes to `console.error`). Default: nobody is told.
   */
  onRetry?(error: RedCloudError, waitMs: number): unknown;
  /** The way to the network, and time and chance, for proxies and tests. Default: the platform's. */
  runtime?: Partial<Runtime>;
}

/** Of `request`: a path such as `/api/core/whoami`, in which what is variable is encoded already. `body` is sent as JSON. */
export type PlainRequest = Omit<Call, 'isWhole'>;

/** One API client of a Red Cloud server. Make one and keep it: its token is shared by all calls. */
export class RedCloud {
  readonly events: Events;
  readonly messages: Messages;
  readonly numbers: Numbers;
  readonly optOuts: OptOuts;
  readonly webhooks: Webhooks;
  readonly #api: Api;

  /** @throws InvalidCallError when a setting can't be one. */
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
    this.events = new Events(this.#api);
    this.messages = new Messages(this.#api);
    this.numbers = new Numbers(this.#api);
    this.optOuts = new OptOuts(this.#api);
    this.webhooks = new Webhooks(this.#api);
  }

  /** Who this client is and what it may do. @throws ApiError | ConnectionError | TimeoutError | AbortError */
  async whoami(options?: CallOptions): Promise<Identity> {
    const call = { method: 'GET', path: '/api/core/whoami', isWhole: has({ apiClientId: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as Identity;
  }

  /**
   * A route that has no method here: with this client's token, and with the same attempts and errors as any. With an
   * `idempotencyKey`, for routes that take one.
   * @returns the answer's JSON; undefined when it has none. @throws ApiError | ConnectionError | TimeoutError | AbortError
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
  throw new InvalidCallError('clientId and clientSecret are required, or an accessToken');
}

/** What can't be in a header would look like a network that is down. */
function mustBePrintable(name: string, text: string): string {
  if (typeof text === 'string' && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new InvalidCallError(`${name} must be printable ASCII characters without spaces`);
}

function readBaseUrl(text: string): string {
  const url = parsed(text);
  const isPlain =
    url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username + url.password === '';
  if (!isPlain)
    throw new InvalidCallError('baseUrl must be an http or https URL without credentials, query and fragment');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new InvalidCallError(`${name} must be a number from ${least} up`);
}
