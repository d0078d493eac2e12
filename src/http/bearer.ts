import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Capability } from '../accounts/accounts.ts';
import { forbidden, unauthorized } from '../errors.ts';
import type { Rooms } from './app.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

function bearerToken(request: FastifyRequest): string | undefined {
  return BEARER.exec(request.headers.authorization ?? '')?.[1];
}

/** Before the body is read: who has no token costs nothing. */
export function requireApiClient({ tokens, accounts }: Pick<Rooms, 'tokens' | 'accounts'>) {
  return async (request: FastifyRequest): Promise<void> => {
    const token = bearerToken(request);
    const apiClientId = token && (await tokens.verify(token));
    const apiClient = apiClientId && (await accounts.active(apiClientId));
    if (!apiClient) throw unauthorized();
    request.apiClient = apiClient;
    request.logged['apiClientId'] = apiClient.id;
  };
}

export function requireCapability(capability: Capability) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!request.apiClient.capabilities.includes(capability)) {
      throw forbidden(`This API client lacks the capability ${capability}`);
    }
  };
}

export function requireOperator(adminToken: string) {
  const expected = Buffer.from(adminToken);
  return async (request: FastifyRequest): Promise<void> => {
    const given = Buffer.from(bearerToken(request) ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthorized();
  };
}
