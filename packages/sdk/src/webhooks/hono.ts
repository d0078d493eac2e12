import { webhookHandler as fetchHandler } from './fetch.ts';
import type { ReceiverOptions } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** What is used of Hono's context. */
interface Context {
  req: { raw: Request };
}

/** `app.post('/hooks', webhookHandler({ … }))` */
export function webhookHandler(options: ReceiverOptions): (context: Context) => Promise<Response> {
  const handle = fetchHandler(options);
  // The request itself: Hono's own body would be written anew if a middleware had parsed it.
  return ({ req }) => handle(req.raw);
}
