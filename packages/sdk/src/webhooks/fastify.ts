import { collect } from './body.ts';
import { bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

export interface WebhookPluginOptions extends ReceiverOptions {
  /** Default `/`: below the prefix that the plugin is registered with. */
  path?: string;
}

interface Incoming {
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

interface Outgoing {
  code(status: number): Outgoing;
  header(name: string, value: string): Outgoing;
  type(type: string): Outgoing;
  send(body: string): unknown;
}

type Parser = (request: unknown, body: AsyncIterable<Uint8Array>) => Promise<unknown>;

/** What is used of Fastify. */
interface Scope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, parser: Parser): unknown;
  post(path: string, handler: (request: Incoming, reply: Outgoing) => Promise<unknown>): unknown;
}

const TOO_LARGE = Symbol('too large');

/** `app.register(webhookPlugin, { prefix: '/hooks', … })`. Raw bodies within it, and nowhere else. @throws InvalidCallError as `verify` does */
export async function webhookPlugin(scope: Scope, options: WebhookPluginOptions): Promise<void> {
  checked(options);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (_request, body) => (await collect(body)) ?? TOO_LARGE);
  scope.post(options.path ?? '/', async ({ body, headers }, reply) => {
    const { status, body: text } = await answer(body, headers, options);
    // What is left of the body would be taken for the next request.
    if (status === 413) reply.header('connection', 'close');
    return reply.code(status).type('text/plain; charset=utf-8').send(text);
  });
}

async function answer(body: unknown, headers: Incoming['headers'], options: ReceiverOptions): Promise<Reply> {
  if (body === TOO_LARGE) return bodyIsTooLarge(options);
  return receive(body instanceof Uint8Array ? body : new Uint8Array(), headers, options);
}
