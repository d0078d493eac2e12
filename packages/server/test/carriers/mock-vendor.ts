import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import twilio from 'twilio';
import { telnyxAccepted, telnyxInbound, telnyxRejected, telnyxReport } from './telnyx-bodies.ts';

export type VendorType = 'twilio' | 'telnyx' | 'bandwidth';
/**
 * Reaction to a submit. `cut` accepts the message and closes the connection, `half` closes it within the body of the
 * response, `failed` accepts the message and responds 500, and `silent` accepts it and never responds. The others accept
 * nothing.
 */
export type Reaction = 'ok' | 'cut' | 'half' | 'failed' | 'silent' | 'throttled' | 'rejected' | 'unauthorized';

/** Message that the vendor has accepted. */
export interface Accepted {
  id: string;
  from: string;
  to: string;
  text: string | null;
  media: string[];
  /** URL or tag of its callbacks. */
  callback: string;
}

/** State in a report. `unconfirmed`: last state of a message whose delivery the vendor does not know. */
export type Reported = 'sent' | 'delivered' | 'failed' | 'unconfirmed';

/** Inbound message. */
export interface Inbound {
  id: string;
  from: string;
  to: string;
  text: string;
  /** URLs of its files. */
  media?: string[];
}

export const PUBLIC_URL = 'https://sms.example.com';
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
const CALLBACK_PASSWORD = 'callback-password';
const NOTHING: [number, unknown] = [200, { messages: [], data: [] }];

/**
 * Server with the message API of a vendor, which sends signed callbacks on request. A request with `?redirect=` in its
 * URL is redirected there.
 */
export class MockVendor {
  readonly type: VendorType;
  /** Accepted messages, in their order. */
  readonly accepted: Accepted[] = [];
  /** Reaction to the next submits. */
  react: (to: string) => Reaction = () => 'ok';
  /** Response to requests other than submits. @param path with the query. */
  answer: (path: string, authorization: string) => [status: number, body: unknown] = () => NOTHING;
  /** Called for each accepted message, after the response. */
  onAccepted: (message: Accepted) => void = () => undefined;
  /** Submits, accepted or not. */
  submits = 0;
  readonly #server: Server;
  readonly #keys = generateKeyPairSync('ed25519');

  private constructor(type: VendorType) {
    this.type = type;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(type: VendorType): Promise<MockVendor> {
    const vendor = new MockVendor(type);
    vendor.#server.listen(0, '127.0.0.1');
    await once(vendor.#server, 'listening');
    return vendor;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Accepts all messages again, and drops the earlier ones. */
  reset(): void {
    this.accepted.length = 0;
    this.submits = 0;
    this.react = () => 'ok';
    this.answer = () => NOTHING;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Entry of `carriers` in RC_CARRIERS. */
  settings(more: Record<string, unknown> = {}): Record<string, unknown> {
    const common = { name: this.type, type: this.type, baseUrl: this.baseUrl, ...more };
    if (this.type === 'twilio') return { ...common, accountSid: `AC${'1'.repeat(32)}`, authToken: AUTH_TOKEN };
    if (this.type === 'telnyx') return { ...common, apiKey: 'KEY123', publicKey: rawKey(this.#keys.publicKey) };
    const callback = { callbackUsername: 'redcloud', callbackPassword: CALLBACK_PASSWORD };
    return {
      ...common,
      accountId: '9900000',
      applicationId: 'app',
      username: 'user',
      password: 'password',
      ...callback,
    };
  }

  /** Recipient in the body of a submit. */
  recipientOf(body: string): string {
    return this.#read(body).to;
  }

  /** Sends a delivery report. @returns status of the response. */
  report(server: string, message: Accepted, state: Reported): Promise<number> {
    return this.#post(server, message.callback, this.#reportBody(message, state));
  }

  /** Sends a delivery report again and again until its response is 2xx, as vendors do. */
  async reportUntilTaken(server: string, message: Accepted, state: Reported): Promise<void> {
    const body = this.#reportBody(message, state);
    for (let left = 10; left > 0; left -= 1) {
      const status = await this.#post(server, message.callback, body);
      if (status >= 200 && status < 300) return;
    }
  }

  /** Sends an inbound message. */
  inbound(server: string, message: Inbound): Promise<number> {
    return this.#post(server, `${PUBLIC_URL}/carriers/${this.type}/callback`, this.#inboundBody(message));
  }

  /** Sends any body with a valid signature. @param callback public URL, or the tag of a message (Bandwidth). */
  async #post(server: string, callback: string, body: string): Promise<number> {
    const url = callback.startsWith('https:') ? callback : `${PUBLIC_URL}/carriers/${this.type}/callback`;
    const response = await fetch(server + url.slice(PUBLIC_URL.length), {
      method: 'POST',
      body,
      headers: this.#sign(url, body),
    });
    await response.arrayBuffer();
    return response.status;
  }

  #sign(url: string, body: string): Record<string, string> {
    if (this.type === 'twilio') {
      const params = Object.fromEntries(new URLSearchParams(body));
      const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, params);
      return { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
    }
    const json = { 'content-type': 'application/json' };
    if (this.type === 'bandwidth') {
      return { ...json, authorization: `Basic ${Buffer.from(`redcloud:${CALLBACK_PASSWORD}`).toString('base64')}` };
    }
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = sign(null, Buffer.from(`${timestamp}|${body}`), this.#keys.privateKey).toString('base64');
    return { ...json, 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp };
  }

  #reportBody(message: Accepted, state: Reported): string {
    const { id, from, to, callback } = message;
    if (this.type === 'twilio') {
      const failed = state === 'failed' ? { ErrorCode: '30003' } : {};
      const status = { sent: 'sent', delivered: 'delivered', failed: 'undelivered', unconfirmed: 'sent' }[state];
      return String(new URLSearchParams({ MessageSid: id, MessageStatus: status, From: from, To: to, ...failed }));
    }
    if (this.type === 'telnyx') return JSON.stringify(telnyxReport(message, state));
    const time = new Date().toISOString();
    const sent = {
      id,
      owner: from,
      applicationId: 'app',
      time,
      segmentCount: 1,
      direction: 'out',
      to: [to],
      from,
      text: '',
      tag: callback,
    };
    const errorCode = { sent: undefined, delivered: undefined, failed: 4720, unconfirmed: 9902 }[state];
    return JSON.stringify([
      {
        type: { sent: 'message-sending', delivered: 'message-delivered' }[state as string] ?? 'message-failed',
        time,
        description: state,
        to,
        message: sent,
        ...(errorCode === undefined ? {} : { errorCode }),
      },
    ]);
  }

  #inboundBody(inbound: Inbound): string {
    const { id, from, to, text: body, media = [] } = inbound;
    if (this.type === 'twilio') {
      const files = Object.fromEntries(
        media.flatMap((url, i) => [
          [`MediaUrl${i}`, url],
          [`MediaContentType${i}`, 'image/jpeg'],
        ]),
      );
      return String(
        new URLSearchParams({
          MessageSid: id,
          From: from,
          To: to,
          Body: body,
          NumMedia: String(media.length),
          ...files,
        }),
      );
    }
    if (this.type === 'telnyx') return JSON.stringify(telnyxInbound(inbound));
    const time = new Date().toISOString();
    const files = media.length > 0 ? { media } : {};
    const message = {
      id,
      owner: to,
      applicationId: 'app',
      time,
      segmentCount: 1,
      direction: 'in',
      to: [to],
      from,
      text: body,
      ...files,
    };
    return JSON.stringify([{ type: 'message-received', time, description: 'Incoming message received', to, message }]);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request;
    const redirect = new URL(url || '/', this.baseUrl).searchParams.get('redirect');
    if (redirect !== null) {
      response.writeHead(302, { location: redirect }).end();
      return;
    }
    if (method === 'GET' || url.endsWith('/oauth2/token')) {
      const [status, body] = this.answer(url, headers.authorization ?? '');
      const isText = typeof body === 'string';
      response
        .writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' })
        .end(isText ? body : JSON.stringify(body));
      return;
    }
    const submitted = this.#read(await text(request));
    this.submits += 1;
    const reaction = this.react(submitted.to);
    const message: Accepted = { ...submitted, id: this.#newId() };
    const isAccepted = ['ok', 'cut', 'half', 'failed', 'silent'].includes(reaction);
    if (isAccepted) this.accepted.push(message);
    if (reaction === 'cut') request.socket.destroy();
    else if (reaction === 'half') this.#respondHalf(response, message);
    else if (reaction !== 'silent') this.#respond(response, reaction, message);
    if (isAccepted) this.onAccepted(message);
  }

  #respond(response: ServerResponse, reaction: Reaction, message: Accepted): void {
    const status = {
      ok: this.#accepted(message),
      failed: [500, {}],
      throttled: [429, {}],
      unauthorized: [401, {}],
      rejected: this.#rejected(),
    }[reaction as 'ok'] as [number, object];
    response.writeHead(status[0], { 'content-type': 'application/json' }).end(JSON.stringify(status[1]));
  }

  /** Closes the connection after the first half of the body. */
  #respondHalf(response: ServerResponse, message: Accepted): void {
    const [status, body] = this.#accepted(message);
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  }

  #accepted({ id, to }: Accepted): [number, object] {
    if (this.type === 'twilio') return [201, { sid: id, status: 'queued', to }];
    if (this.type === 'telnyx') return [200, telnyxAccepted({ id, to })];
    return [202, { id, to: [to], segmentCount: 1 }];
  }

  #rejected(): [number, object] {
    if (this.type === 'twilio') return [400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 }];
    if (this.type === 'telnyx') return [400, telnyxRejected()];
    return [400, { type: 'request-validation', description: 'Your request could not be accepted' }];
  }

  #read(body: string): Omit<Accepted, 'id'> {
    if (this.type === 'twilio') {
      const form = new URLSearchParams(body);
      const field = (name: string) => form.get(name) ?? '';
      return {
        from: field('From'),
        to: field('To'),
        text: form.get('Body'),
        media: form.getAll('MediaUrl'),
        callback: field('StatusCallback'),
      };
    }
    const json = JSON.parse(body);
    if (this.type === 'telnyx') {
      return {
        from: json.from,
        to: json.to,
        text: json.text ?? null,
        media: json.media_urls ?? [],
        callback: json.webhook_url,
      };
    }
    return { from: json.from, to: json.to[0], text: json.text ?? null, media: json.media ?? [], callback: json.tag };
  }

  #newId(): string {
    const hex = randomBytes(16).toString('hex');
    return this.type === 'twilio' ? `SM${hex}` : hex;
  }
}

/** Key as Telnyx shows it: 32 bytes in base64. The last 32 bytes of the SPKI form (RFC 8410 §4). */
function rawKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
}
