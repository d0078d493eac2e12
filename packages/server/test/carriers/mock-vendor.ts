import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import twilio from 'twilio';

export type VendorType = 'twilio' | 'telnyx' | 'bandwidth';
/**
 * Reaction to a submit. `cut` accepts the message and closes the connection, `failed` accepts it and responds 500, and
 * `silent` accepts it and never responds. The others accept nothing.
 */
export type Reaction = 'ok' | 'cut' | 'failed' | 'silent' | 'throttled' | 'rejected' | 'unauthorized';

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

export const PUBLIC_URL = 'https://sms.example.com';
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
const CALLBACK_PASSWORD = 'callback-password';

/** Server with the message API of a vendor, which sends signed callbacks on request. */
export class MockVendor {
  readonly type: VendorType;
  /** Accepted messages, in their order. */
  readonly accepted: Accepted[] = [];
  /** Reaction to the next submits. */
  react: (to: string) => Reaction = () => 'ok';
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

  /** Sends a delivery report. @returns status of the response. */
  report(server: string, message: Accepted, state: 'delivered' | 'failed'): Promise<number> {
    return this.#post(server, message.callback, this.#reportBody(message, state));
  }

  /** Sends an inbound message. */
  inbound(
    server: string,
    message: { id: string; from: string; to: string; text: string; media?: string[] },
  ): Promise<number> {
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

  #reportBody({ id, from, to, callback }: Accepted, state: 'delivered' | 'failed'): string {
    if (this.type === 'twilio') {
      const failed = state === 'failed' ? { ErrorCode: '30003' } : {};
      const status = state === 'failed' ? 'undelivered' : state;
      return String(new URLSearchParams({ MessageSid: id, MessageStatus: status, From: from, To: to, ...failed }));
    }
    if (this.type === 'telnyx') {
      const status = state === 'failed' ? 'delivery_failed' : state;
      const errors = state === 'failed' ? [{ code: '40002', title: 'Blocked', detail: 'Blocked as spam' }] : [];
      const payload = { id, from: { phone_number: from }, to: [{ phone_number: to, status }], errors, type: 'SMS' };
      return JSON.stringify({
        data: { event_type: 'message.finalized', id: randomBytes(8).toString('hex'), record_type: 'event', payload },
      });
    }
    const time = new Date().toISOString();
    const message = {
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
    const failed = state === 'failed' ? { errorCode: 4720 } : {};
    return JSON.stringify([{ type: `message-${state}`, time, description: state, to, message, ...failed }]);
  }

  #inboundBody({
    id,
    from,
    to,
    text: body,
    media = [],
  }: {
    id: string;
    from: string;
    to: string;
    text: string;
    media?: string[];
  }): string {
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
    if (this.type === 'telnyx') {
      const files = media.map((url) => ({ url, content_type: 'image/jpeg', size: 1, sha256: '' }));
      const payload = {
        id,
        from: { phone_number: from },
        to: [{ phone_number: to }],
        text: body,
        media: files,
        type: media.length > 0 ? 'MMS' : 'SMS',
      };
      return JSON.stringify({ data: { event_type: 'message.received', id, record_type: 'event', payload } });
    }
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
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"messages":[],"data":[]}');
      return;
    }
    const submitted = this.#read(await text(request));
    this.submits += 1;
    const reaction = this.react(submitted.to);
    const message: Accepted = { ...submitted, id: this.#newId() };
    if (['ok', 'cut', 'failed', 'silent'].includes(reaction)) this.accepted.push(message);
    if (reaction === 'silent') return;
    if (reaction === 'cut') request.socket.destroy();
    else this.#respond(response, reaction, message);
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

  #accepted({ id, to }: Accepted): [number, object] {
    if (this.type === 'twilio') return [201, { sid: id, status: 'queued', to }];
    if (this.type === 'telnyx') return [200, { data: { id, to: [{ phone_number: to, status: 'queued' }] } }];
    return [202, { id, to: [to], segmentCount: 1 }];
  }

  #rejected(): [number, object] {
    if (this.type === 'twilio') return [400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 }];
    if (this.type === 'telnyx')
      return [400, { errors: [{ code: '40310', title: "Invalid 'to' address", detail: 'Invalid' }] }];
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
