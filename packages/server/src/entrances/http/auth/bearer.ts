import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CAPABILITIES, type Capability } from '#identity/api-clients.ts';
import { type ApiError, forbidden, invalidRequest, unauthorized } from '#platform/errors.ts';
import type { Modules } from '../app.ts';
import type { Principal, Proof } from './principal.ts';
import { sessionOf } from './session.ts';

/**
 * RFC 6750 §2.1. The scheme is case-insensitive (RFC 9110 §11.1). Any text after the scheme is read as a token, right
 * or wrong.
 */
const BEARER = /^Bearer +([^ ].*)$/i;
/** API client for which a request is made. An operator may name any client, an API client only itself. */
const CLIENT_HEADER = 'x-redcloud-client';

type Parts = Pick<Modules, 'tokens' | 'sessions' | 'apiClients' | 'config' | 'guesses' | 'internal'>;

/** Identity that a token or a session proves. An operator has no API client. */
type Caller = { proof: Proof; apiClientId: string | undefined } | undefined;

/** Authenticates before the body is read, so that a request without a token costs little. */
export function requireApiClient(parts: Parts) {
  const { apiClients } = parts;

  async function principalOf(request: FastifyRequest): Promise<Principal | undefined> {
    const named = request.headers[CLIENT_HEADER];
    const caller = await callerOf(request, parts, named === undefined ? 'api' : 'operator');
    if (caller === undefined) return undefined;
    const { proof, apiClientId } = caller;
    if (apiClientId === undefined) return named === undefined ? undefined : actingFor(request, named, proof);
    // A page that shows one client's data must not act for another client that has signed in since in the same browser.
    if (named !== undefined && named !== apiClientId)
      throw forbidden('X-RedCloud-Client names another API client than the credentials');
    const apiClient = await apiClients.active(apiClientId);
    return apiClient && { kind: 'client', proof, apiClient };
  }

  /** Allows an operator to read the data of a suspended client, and nothing else. */
  async function actingFor(request: FastifyRequest, named: string | string[], proof: Proof): Promise<Principal> {
    const apiClient = { ...(await apiClients.byId(readName(named))), capabilities: [...CAPABILITIES] };
    const principal: Principal = { kind: 'operatorForClient', proof, apiClient };
    if (request.method === 'GET' || (await apiClients.active(apiClient.id))) return principal;
    // The log names the operator and the client also for a rejected request.
    request.principal = principal;
    throw forbidden('This API client, or its account, is suspended');
  }

  return async (request: FastifyRequest): Promise<void> => {
    const principal = await principalOf(request);
    if (!principal) throw unauthorized();
    request.principal = principal;
  };
}

export function requireOperator(parts: Parts) {
  return async (request: FastifyRequest): Promise<void> => {
    const caller = await callerOf(request, parts, 'operator');
    if (caller === undefined || caller.apiClientId !== undefined) throw unauthorized();
    request.principal = { kind: 'operator', proof: caller.proof };
  };
}

/** Uses a callback, since a promise for each hook of each request would take a tenth of the cost of a send. */
export function requireCapability(capability: Capability) {
  return ({ apiClient }: FastifyRequest, _reply: FastifyReply, done: (error?: ApiError) => void): void => {
    const isAllowed = apiClient.capabilities.includes(capability);
    done(isAllowed ? undefined : forbidden(`This API client lacks the capability ${capability}`));
  };
}

/**
 * Identity that the bearer token proves, or the session if there is no token.
 * @param target identity at which a wrong bearer token counts as a guess.
 * @throws ApiError RATE_LIMITED after too many guesses. A correctly signed token that is no longer valid is no guess.
 */
async function callerOf(request: FastifyRequest, parts: Parts, target: 'api' | 'operator'): Promise<Caller> {
  const { tokens, config, guesses } = parts;
  const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) return signedIn(request, parts);
  const checked = await tokens.check(bearer);
  if (typeof checked !== 'string') return { proof: 'token', apiClientId: checked.apiClientId };
  if (config.adminToken !== undefined && isSame(bearer, config.adminToken) && mayBeOperator(request, parts)) {
    return { proof: 'token', apiClientId: undefined };
  }
  const limited = checked === 'forged' && guesses.count(request, kindOf(target), target);
  if (limited) throw limited;
  return undefined;
}

async function signedIn(request: FastifyRequest, parts: Parts): Promise<Caller> {
  const session = await sessionOf(request, parts);
  if (session?.apiClientId === undefined && !mayBeOperator(request, parts)) return undefined;
  return session && { proof: 'session', apiClientId: session.apiClientId };
}

/** With an internal address, operators have no rights at the public one, where anyone may guess. */
function mayBeOperator(request: FastifyRequest, { internal }: Parts): boolean {
  return internal === undefined || internal.has(request);
}

const kindOf = (target: 'api' | 'operator') => (target === 'operator' ? 'operator_token' : 'access_token');

function readName(header: string | string[]): string {
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalidRequest('X-RedCloud-Client must be the id of an API client');
}

/** Compares in constant time, so that the duration does not reveal the first difference. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
