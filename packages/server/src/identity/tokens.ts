import { createHash, randomUUID } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';

export const TOKEN_SECONDS = 3600;
const ISSUER = 'redcloud';
const AUDIENCE = 'redcloud:core';
/** Lifetime of an operator's console session, in seconds. */
export const OPERATOR_SECONDS = 12 * 3600;
/** Audience of console sessions, which are not accepted as access tokens. */
const CONSOLE = 'redcloud:console';
const REMEMBERED = 10_000;

/**
 * Reason why a token is invalid. `refused`: signed by this server, but expired or issued for another use. `forged`: not
 * signed by this server, or not in the one form in which this server writes tokens.
 */
export type Invalid = 'refused' | 'forged';

/** Identity behind an access token. */
export interface Bearer {
  apiClientId: string;
}

interface Known extends Bearer {
  expiresAtMs: number;
}

/** A console session. Identified by its id, not by the text of its token. */
export interface Session {
  /** The `jti` claim (RFC 7519 §4.1.7). */
  id: string;
  /** Hash of the token's text, under which the previous version records an ended session. */
  fingerprint: string;
  /** undefined: the operator. */
  apiClientId: string | undefined;
}

/** Access tokens: JWTs (RFC 7519) signed with HS256, so that every process can check them without the store. */
export interface Tokens {
  issue(apiClientId: string): Promise<string>;
  /** @returns the API client that the token was issued to, or the reason why the token is invalid. */
  check(token: string): Promise<Bearer | Invalid>;
  /** Issues a console session of an API client. Not valid as an access token. */
  issueSession(apiClientId: string): Promise<string>;
  /** Issues a console session of the operator, in place of the operator token. Ends when that token is changed. */
  issueOperator(adminToken: string): Promise<string>;
  /** @param adminToken operator token. undefined: no operator session is valid. */
  checkSession(token: string, adminToken: string | undefined): Promise<Session | Invalid>;
}

/** @param fixed tokens without a signature, for the sandbox only. */
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

  async function read(token: string, audience: string, claims: string[]): Promise<JWTPayload | Invalid> {
    if (!isCanonical(token)) return 'forged';
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: ISSUER,
        audience,
        algorithms: ['HS256'],
        requiredClaims: [...claims, 'exp'],
        currentDate: new Date(clock.now()),
      });
      return payload;
    } catch (error) {
      // jwtVerify checks the signature before the claims.
      const isSigned = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      return isSigned ? 'refused' : 'forged';
    }
  }

  async function readBearer(token: string): Promise<Known | Invalid> {
    const payload = await read(token, AUDIENCE, ['sub']);
    if (typeof payload === 'string') return payload;
    return { apiClientId: payload.sub as string, expiresAtMs: (payload.exp as number) * 1000 };
  }

  return {
    // Each session has its own id, so that its end does not affect another session that began in the same second.
    issueSession: (apiClientId) => sign(CONSOLE, TOKEN_SECONDS, { sub: apiClientId, jti: randomUUID() }),
    issueOperator: (adminToken) => sign(CONSOLE, OPERATOR_SECONDS, { of: fingerprint(adminToken), jti: randomUUID() }),
    async checkSession(token, adminToken) {
      const payload = await read(token, CONSOLE, ['jti']);
      if (typeof payload === 'string') return payload;
      const { jti: id = '', sub: apiClientId, of } = payload;
      const isOperator = adminToken !== undefined && of === fingerprint(adminToken);
      if (!isOperator && apiClientId === undefined) return 'refused';
      return { id, fingerprint: fingerprint(token), apiClientId: isOperator ? undefined : apiClientId };
    },
    issue: (apiClientId) => sign(AUDIENCE, TOKEN_SECONDS, { sub: apiClientId }),
    async check(token) {
      const fixedClient = fixed.get(token);
      if (fixedClient) return { apiClientId: fixedClient };
      // A client uses one token for an hour. Form and signature are checked once, and the expiry each time.
      const found = known.get(token) ?? (await readBearer(token));
      if (typeof found === 'string') return found;
      if (found.expiresAtMs <= clock.now()) return 'refused';
      known.set(token, found);
      return found;
    },
  };
}

/**
 * Whether each part is the canonical base64url text of its bytes (RFC 4648 §3.5, §5). Canonical text has no padding, no
 * white space, no other alphabet, and no unused bits that are set. Decoders accept several texts for the same bytes,
 * and a signature does not cover its own text.
 */
export function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
