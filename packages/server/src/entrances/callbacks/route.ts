import type { App } from '#entrances/http/app.ts';
import { ApiError } from '#platform/errors.ts';
import type { CallbackReceiver } from './receiver.ts';

/** Longest callback, in bytes. A Bandwidth callback has many events. */
const BODY_LIMIT = 1_048_576;

/** @param publicUrl RC_PUBLIC_URL, which is a part of the signed text of some vendors. */
export function callbackRoute(receiver: CallbackReceiver, publicUrl: string) {
  return (app: App): void => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    app.post('/carriers/:name/callback', { schema: { hide: true } as object }, async (request, reply) => {
      const { name } = request.params as { name: string };
      const url = new URL(request.url, publicUrl);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [key, String(value ?? '')]),
      );
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      // The vendor signs the URL as it was written.
      await receiver
        .take(name, { url: publicUrl + request.url, query: url.searchParams, headers, rawBody })
        .catch((error) => {
          // RFC 9110 §15.5.2. Some vendors send their credentials only after this challenge.
          if (error instanceof ApiError && error.status === 401)
            reply.header('www-authenticate', 'Basic realm="redcloud"');
          throw error;
        });
      return reply.code(204).send();
    });
  };
}
