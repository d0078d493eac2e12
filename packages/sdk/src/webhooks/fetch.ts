import { collect } from './body.ts';
import { bodyIsGone, bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/** A handler for servers that speak fetch: Deno, Bun, Cloudflare Workers, Next.js route handlers … */
export function webhookHandler(options: ReceiverOptions): (request: Request) => Promise<Response> {
  checked(options);
  return async (request) => toResponse(await answer(request, options));
}

async function answer(request: Request, options: ReceiverOptions): Promise<Reply> {
  if (request.bodyUsed) return bodyIsGone(options, 'Give the handler a request whose body nobody has read.');
  // No body at all is an empty one, which nobody has signed.
  const body = request.body === null ? new Uint8Array() : await collect(request.body);
  return body === undefined ? bodyIsTooLarge(options) : receive(body, request.headers, options);
}

function toResponse({ status, body }: Reply): Response {
  return new Response(status === 204 ? null : body, { status });
}
