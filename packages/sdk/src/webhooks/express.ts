import { collect } from './body.ts';
import { bodyIsGone, bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** The used part of a request of Express, Connect or `node:http`. */
interface Incoming extends AsyncIterable<Uint8Array> {
  headers: Record<string, string | string[] | undefined>;
  readableEnded: boolean;
  body?: unknown;
}

interface Outgoing {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

const REMEDY = 'Mount the handler before express.json(), or put express.raw({ type: "*/*" }) before the handler.';

/**
 * The connection broke while the body was read. No client receives this response. The server delivers the event again.
 */
const BROKEN_OFF: Reply = { status: 400, body: 'The request body is incomplete' };

/**
 * Creates a webhook handler for Express, Connect and `node:http`. Mount it before `express.json()`.
 *
 * ```ts
 * app.post('/hooks', webhookHandler({ secret, onEvent: async (event) => console.log(event.type) }));
 * ```
 *
 * @throws InvalidCallError when an option is missing or invalid
 */
export function webhookHandler(options: ReceiverOptions): (request: Incoming, response: Outgoing) => Promise<void> {
  checked(options);
  return async (request, response) => {
    reply(response, await answer(request, options));
  };
}

async function answer(request: Incoming, options: ReceiverOptions): Promise<Reply> {
  const { body, headers } = request;
  if (body instanceof Uint8Array || typeof body === 'string') return receive(body, headers, options);
  if (request.readableEnded) return bodyIsGone(options, REMEDY);
  const raw = await collect(request).catch(() => null);
  if (raw === null) return BROKEN_OFF;
  return raw === undefined ? bodyIsTooLarge(options) : receive(raw, headers, options);
}

function reply(response: Outgoing, { status, body }: Reply): void {
  response.statusCode = status;
  // The connection is closed, because the unread rest of the body would be parsed as the next request.
  if (status === 413) response.setHeader('connection', 'close');
  if (body !== '') response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(body);
}
