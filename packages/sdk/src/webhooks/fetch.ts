import { collect } from './body.ts';
import { bodyIsGone, bodyIsTooLarge, checked, type ReceiverOptions, type Reply, receive } from './receive.ts';

export type { ReceiverOptions } from './receive.ts';

/**
 * Creates a webhook handler for servers with the fetch API: Deno, Bun, Cloudflare Workers, Next.js route handlers.
 *
 * ```ts
 * export const POST = webhookHandler({ secret, onEvent: async (event) => console.log(event.type) });
 * ```
 *
 * @throws InvalidCallError when an option is missing or invalid
 */
export function webhookHandler(options: ReceiverOptions): (request: Request) => Promise<Response> {
  checked(options);
  return async (request) => toResponse(await answer(request, options));
}

async function answer(request: Request, options: ReceiverOptions): Promise<Reply> {
  if (request.bodyUsed) return bodyIsGone(options, 'Pass a request whose body has not been read.');
  // A request without a body is verified as an empty body, which the server never signs.
  const body = request.body === null ? new Uint8Array() : await collect(request.body);
  return body === undefined ? bodyIsTooLarge(options) : receive(body, request.headers, options);
}

function toResponse({ status, body }: Reply): Response {
  return new Response(status === 204 ? null : body, { status });
}
