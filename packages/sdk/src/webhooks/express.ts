import { collect } from './body.ts';
import { bodyIsGone, bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** What is used of a request of Express, Connect or `node:http`. */
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

const REMEDY = 'Mount it before express.json(), or put express.raw({ type: "*/*" }) before it.';

/** The connection broke while the body was read: nobody is there to be answered, and the event comes again. */
const BROKEN_OFF: Reply = { status: 400, body: 'The body broke off' };

/** `app.post('/hooks', webhookHandler({ … }))`, before any `express.json()`. @throws InvalidCallError as `verify` does */
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
  // What is left of the body would be taken for the next request.
  if (status === 413) response.setHeader('connection', 'close');
  if (body !== '') response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(body);
}
