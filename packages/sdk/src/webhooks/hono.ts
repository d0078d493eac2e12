import { webhookHandler as fetchHandler } from './fetch.ts';
import type { ReceiverOptions } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** The used part of the context of Hono. */
interface Context {
  req: { raw: Request };
}

/**
 * Creates a webhook handler for Hono.
 *
 * ```ts
 * app.post('/hooks', webhookHandler({ secret, onEvent: async (event) => console.log(event.type) }));
 * ```
 *
 * @throws InvalidCallError when an option is missing or invalid
 */
export function webhookHandler(options: ReceiverOptions): (context: Context) => Promise<Response> {
  const handle = fetchHandler(options);
  // Uses the raw request. Hono serializes the body again if a middleware has parsed it.
  return ({ req }) => handle(req.raw);
}
