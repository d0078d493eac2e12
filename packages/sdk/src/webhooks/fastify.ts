import { collect } from './body.ts';
import { bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** Options of `webhookPlugin`. */
export interface WebhookPluginOptions extends ReceiverOptions {
  /** Path below the prefix of the plugin. Default `/`. */
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

/** The used part of a Fastify instance. */
interface Scope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, parser: Parser): unknown;
  post(path: string, handler: (request: Incoming, reply: Outgoing) => Promise<unknown>): unknown;
}

const TOO_LARGE = Symbol('too large');

/**
 * Fastify plugin that receives webhooks. Reads raw bodies in its own scope, without effect on other routes.
 *
 * ```ts
 * app.register(webhookPlugin, { prefix: '/hooks', secret, onEvent: async (event) => console.log(event.type) });
 * ```
 *
 * @throws InvalidCallError when an option is missing or invalid
 */
export async function webhookPlugin(scope: Scope, options: WebhookPluginOptions): Promise<void> {
  checked(options);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (_request, body) => (await collect(body)) ?? TOO_LARGE);
  scope.post(options.path ?? '/', async ({ body, headers }, reply) => {
    const { status, body: text } = await answer(body, headers, options);
    // The connection is closed, because the unread rest of the body would be parsed as the next request.
    if (status === 413) reply.header('connection', 'close');
    return reply.code(status).type('text/plain; charset=utf-8').send(text);
  });
}

async function answer(body: unknown, headers: Incoming['headers'], options: ReceiverOptions): Promise<Reply> {
  if (body === TOO_LARGE) return bodyIsTooLarge(options);
  return receive(body instanceof Uint8Array ? body : new Uint8Array(), headers, options);
}
