import { MOST_BYTES } from './body.ts';
import { type ReceiverOptions, receive } from './receive.ts';

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
  code(status: number): { type(type: string): { send(body: string): unknown } };
}

type Parser = (request: unknown, body: Uint8Array, done: (error: null, body: Uint8Array) => void) => void;

/** What is used of Fastify. */
interface Scope {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, options: { parseAs: 'buffer'; bodyLimit: number }, parser: Parser): unknown;
  post(path: string, handler: (request: Incoming, reply: Outgoing) => Promise<unknown>): unknown;
}

/** `app.register(webhookPlugin, { prefix: '/hooks', … })`. Raw bodies within it, and nowhere else. */
export async function webhookPlugin(scope: Scope, options: WebhookPluginOptions): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  scope.post(options.path ?? '/', async ({ body, headers }, reply) => {
    const raw = body instanceof Uint8Array ? body : new Uint8Array();
    const answer = await receive(raw, headers, options);
    return reply.code(answer.status).type('text/plain; charset=utf-8').send(answer.body);
  });
}
