import { createHash, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

export const TOKEN_SECONDS = 3600;
const ISSUER = 'redcloud';
const AUDIENCE = 'redcloud:core';
/** Of an operator who has signed in to the console. */
export const OPERATOR_SECONDS = 12 * 3600;
/** The audience of sessions: nothing takes them as a bearer's. */
const CONSOLE = 'redcloud:console';
const REMEMBERED = 10_000;

interface Known {
  apiClientId: string;
  expiresAtMs: number;
}

/** Access tokens: JWTs (RFC 7519) signed with HS256, so that every process can check them without asking the store. */
export interface Tokens {
  issue(apiClientId: string): Promise<string>;
  /** @returns the API client that the token was issued to, or undefined: forged, expired, or not one of ours. */
  verify(token: string): Promise<string | undefined>;
  /** For a browser that an API client has signed in with: no access token, so that it ends where it began. */
  issueSession(apiClientId: string): Promise<string>;
  /** @returns the API client that has signed in, or undefined. */
  verifySession(token: string): Promise<string | undefined>;
  /** Stands for the operator's token, where that itself should not lie; worth nothing once it has been changed. */
  issueOperator(adminToken: string): Promise<string>;
  isOperator(token: string, adminToken: string): Promise<boolean>;
}

/** @param fixed tokens that need no signature; the sandbox's only. */
export function createTokens(key: Uint8Array, clock: Clock, fixed: ReadonlyMap<string, string> = new Map()): Tokens {
  const known = new LRUCache<string, Known>({ max: REMEMBERED });

  function sign(audience: string, seconds: number, claims: JWTPayload): Promise<string> {
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(key);
  }

  async function read(token: string, audience: string, claim: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: ISSUER,
        audience,
        algorithms: ['HS256'],
        requiredClaims: [claim, 'exp'],
        currentDate: new Date(clock.now()),
      });
      return payload;
    } catch {
      return undefined;
    }
  }

  async function check(token: string): Promise<Known | undefined> {
    const payload = await read(token, AUDIENCE, 'sub');
    return payload && { apiClientId: payload.sub as string, expiresAtMs: (payload.exp as number) * 1000 };
  }

  return {
    // With an id of its own: the end of one session is no other's that began in the same second.
    issueSession: (apiClientId) => sign(CONSOLE, TOKEN_SECONDS, { sub: apiClientId, jti: randomUUID() }),

    async verifySession(token) {
      return (await read(token, CONSOLE, 'sub'))?.sub;
    },

    issueOperator: (adminToken) => sign(CONSOLE, OPERATOR_SECONDS, { of: fingerprint(adminToken), jti: randomUUID() }),

    async isOperator(token, adminToken) {
      return (await read(token, CONSOLE, 'of'))?.['of'] === fingerprint(adminToken);
    },

    issue: (apiClientId) => sign(AUDIENCE, TOKEN_SECONDS, { sub: apiClientId }),

    async verify(token) {
      const fixedClient = fixed.get(token);
      if (fixedClient) return fixedClient;
      // A client uses one token for an hour: its signature is checked once, its expiry each time.
      const found = known.get(token) ?? (await check(token));
      if (!found || found.expiresAtMs <= clock.now()) return undefined;
      known.set(token, found);
      return found.apiClientId;
    },
  };
}

/** To know a token again without keeping it. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
