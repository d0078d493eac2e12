import type { ApiClient } from '#identity/api-clients.ts';

/** Proof of the identity: a bearer token, or the cookie of a console session. */
export type Proof = 'token' | 'session';

/** Identity on whose behalf a request is processed. */
export type Principal =
  | { kind: 'client'; proof: Proof; apiClient: ApiClient }
  | { kind: 'operator'; proof: Proof }
  /** Operator that acts for an API client, with all capabilities. */
  | { kind: 'operatorForClient'; proof: Proof; apiClient: ApiClient };

/** API client of a principal. Below /api/core, every principal has one. @throws Error for any other principal. */
export function apiClientOf(principal: Principal | undefined): ApiClient {
  if (principal === undefined || principal.kind === 'operator') throw new Error('the request has no API client');
  return principal.apiClient;
}

export function isOperator(principal: Principal | undefined): boolean {
  return principal !== undefined && principal.kind !== 'client';
}

/** Fields of the principal for the log line of its request. */
export function logFields(principal: Principal | undefined): LogFields {
  if (principal === undefined) return {};
  const session = principal.proof === 'session' ? { session: true as const } : {};
  if (principal.kind === 'client') return { apiClientId: principal.apiClient.id, ...session };
  if (principal.kind === 'operator') return { operator: true, ...session };
  return { apiClientId: principal.apiClient.id, operator: true, ...session };
}

interface LogFields {
  /** Client of the request, or the client for which an operator acts. */
  apiClientId?: string;
  operator?: true;
  /** The identity was proved by the cookie of the console. */
  session?: true;
}
