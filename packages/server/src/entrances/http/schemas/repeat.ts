import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { IdempotentResponse, Repeat } from '#identity/idempotent-responses.ts';
import { fingerprint, readIdempotencyKey } from '#messages/request/idempotency.ts';

/** Headers of routes with an optional idempotency key. */
export const RepeatHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        '1–255 printable ASCII characters. The same request with the same key within a day changes nothing and ' +
        'returns the same response, including secrets, with `Idempotent-Replayed: true`. Another request returns 409.',
      examples: ['shop-2026-11'],
    }),
  ),
});

/** @throws ApiError INVALID_REQUEST for an invalid key. */
export function repeatOf(request: FastifyRequest, asker: string): Repeat | undefined {
  const given = request.raw.headersDistinct['idempotency-key'];
  if (given === undefined) return undefined;
  const { method, url, body } = request;
  return { asker, key: readIdempotencyKey(given), fingerprint: fingerprint({ method, url, body: body ?? null }) };
}

export const OPERATOR = 'operator';

/** Removes `replayed` from a result, and reports a repeated one by a response header. */
export function toCreated<T>(
  { replayed, ...result }: IdempotentResponse<T>,
  reply: FastifyReply,
): Omit<IdempotentResponse<T>, 'replayed'> {
  if (replayed) reply.header('idempotent-replayed', 'true');
  return result;
}
