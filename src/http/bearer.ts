import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type ApiClient, CAPABILITIES, type Capability } from '../accounts/accounts.ts';
import { forbidden, invalidRequest, unauthorized } from '../errors.ts';
import type { Rooms } from './app.ts';
import { sessionOf } from './session.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
/** For which API client is asked: an operator says any, a client its own. */
const CLIENT_HEADER = 'x-redcloud-client';

type Parts = Pick<Rooms, 'tokens' | 'sessions' | 'accounts' | 'config'>;

function bearerToken({ headers }: FastifyRequest): string | undefined {
  return BEARER.exec(headers.authorization ?? '')?.[1];
}

/** By the operator's token itself, or signed in to the console with it. */
async function isOperator(request: FastifyRequest, { tokens, sessions, config }: Parts): Promise<boolean> {
  const { adminToken } = config;
  if (!adminToken) return false;
  const token = bearerToken(request);
  if (token !== undefined) return isSame(token, adminToken);
  const session = sessionOf(request);
  return session !== undefined && (await tokens.isOperator(session, adminToken)) && !(await sessions.hasEnded(session));
}

/** Before the body is read: who has no token costs nothing. */
export function requireApiClient(parts: Parts) {
  const { tokens, sessions, accounts } = parts;

  async function clientOf(request: FastifyRequest): Promise<ApiClient | undefined> {
    const named = request.headers[CLIENT_HEADER];
    if (named !== undefined && (await isOperator(request, parts))) {
      request.logged['operator'] = true;
      return mayAct(request, { ...(await accounts.client(readName(named))), capabilities: [...CAPABILITIES] });
    }
    const bearer = bearerToken(request);
    const apiClientId = bearer === undefined ? await signedIn(request) : await tokens.verify(bearer);
    if (apiClientId === undefined) return undefined;
    // A page that shows one client's view must not act in another's, who has signed in since in the same browser.
    if (named !== undefined && named !== apiClientId)
      throw forbidden('X-RedCloud-Client names another API client than the one that asks');
    return accounts.active(apiClientId);
  }

  async function signedIn(request: FastifyRequest): Promise<string | undefined> {
    const session = sessionOf(request);
    const apiClientId = session && (await tokens.verifySession(session));
    return apiClientId && !(await sessions.hasEnded(session)) ? apiClientId : undefined;
  }

  /** What a suspended client has may be looked at; nothing is done for it. */
  async function mayAct({ method }: FastifyRequest, client: ApiClient): Promise<ApiClient> {
    if (method === 'GET' || (await accounts.active(client.id))) return client;
    throw forbidden('This API client, or its account, is suspended');
  }

  return async (request: FastifyRequest): Promise<void> => {
    const apiClient = await clientOf(request);
    if (!apiClient) throw unauthorized();
    request.apiClient = apiClient;
    request.logged['apiClientId'] = apiClient.id;
  };
}

function readName(header: string | string[]): string {
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalidRequest('X-RedCloud-Client must be the id of an API client');
}

export function requireCapability(capability: Capability) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!request.apiClient.capabilities.includes(capability)) {
      throw forbidden(`This API client lacks the capability ${capability}`);
    }
  };
}

export function requireOperator(parts: Parts) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!(await isOperator(request, parts))) throw unauthorized();
  };
}

/** In a time that says nothing of where they differ. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
