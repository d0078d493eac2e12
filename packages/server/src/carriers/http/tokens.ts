import type { Exchanged, VendorRequest, VendorResponse } from './exchange.ts';

/** Access token of a vendor. */
export interface AccessToken {
  value: string;
  /** Time after which a new token is needed, in milliseconds. */
  renewAt: number;
}

/** Result of a token request: a token, wrong credentials, or no token for now. */
export type TokenResult =
  | { kind: 'token'; token: AccessToken }
  | { kind: 'refused'; reason: string }
  | { kind: 'unavailable'; reason: string };

/** OAuth 2 client credentials grant (RFC 6749, §4.4) of a vendor. Pure. */
export interface TokenApi {
  /** Scheme, host and port of the token server. */
  readonly baseUrl: string;
  request(): VendorRequest;
  /** @param now milliseconds, when the request was sent. */
  read(response: VendorResponse, now: number): TokenResult;
}

/** Requests access tokens, and caches the latest one. Concurrent calls share a request. */
export class TokenSource {
  readonly #api: TokenApi;
  readonly #send: (request: VendorRequest) => Promise<Exchanged>;
  readonly #now: () => number;
  #token: AccessToken | undefined;
  #underWay: Promise<TokenResult> | undefined;

  constructor(api: TokenApi, send: (request: VendorRequest) => Promise<Exchanged>, now: () => number = Date.now) {
    this.#api = api;
    this.#send = send;
    this.#now = now;
  }

  async get(): Promise<TokenResult> {
    const token = this.#token;
    if (token && this.#now() < token.renewAt) return { kind: 'token', token };
    this.#underWay ??= this.#request().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Drops a token that the vendor has refused. */
  invalidate(): void {
    this.#token = undefined;
  }

  async #request(): Promise<TokenResult> {
    const now = this.#now();
    const exchanged = await this.#send(this.#api.request());
    if (exchanged.kind !== 'response') return { kind: 'unavailable', reason: exchanged.reason };
    const result = this.#api.read(exchanged.response, now);
    if (result.kind === 'token') this.#token = result.token;
    return result;
  }
}
