import { createHash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

export const TOKEN_SECONDS = 3600;
const ISSUER = 'redcloud';
const AUDIENCE = 'redcloud:core';
/** Of an operator who has signed in to the console. */
export const OPERATOR_SECONDS = 12 * 3600;
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
  /** Stands for the operator's token, where that itself should not lie; worth nothing once it has been changed. */
  issueOperator(adminToken: string): Promise<string>;
  isOperator(token: string, adminToken: string): Promise<boolean>;
}

/** @param fixed tokens that need no signature; the sandbox's only. */
export function createTokens(key: Uint8Array, clock: Clock, fixed: ReadonlyMap<string, string> = new Map()): Tokens {
  const known = new LRUCache<string, Known>({ max: REMEMBERED });

  async function check(token: string): Promise<Known | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(clock.now()),
      });
      return { apiClientId: payload.sub as string, expiresAtMs: (payload.exp as number) * 1000 };
    } catch {
      return undefined;
    }
  }

  return {
    issueOperator(adminToken) {
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({ of: fingerprint(adminToken) })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(CONSOLE)
        .setIssuedAt(now)
        .setExpirationTime(now + OPERATOR_SECONDS)
        .sign(key);
    },

    async isOperator(token, adminToken) {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer: ISSUER,
          audience: CONSOLE,
          algorithms: ['HS256'],
          requiredClaims: ['exp', 'of'],
          currentDate: new Date(clock.now()),
        });
        return payload['of'] === fingerprint(adminToken);
      } catch {
        return false;
      }
    },

    issue(apiClientId) {
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(apiClientId)
        .setIssuedAt(now)
        .setExpirationTime(now + TOKEN_SECONDS)
        .sign(key);
    },

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
