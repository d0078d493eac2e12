import type { ApiClient } from '#identity/accounts.ts';

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
export function logFields(principal: Principal | undefined): { apiClientId?: string; operator?: true } {
  if (principal === undefined || principal.kind === 'operator') return {};
  const { kind, apiClient } = principal;
  return { ...(kind === 'operatorForClient' ? { operator: true } : {}), apiClientId: apiClient.id };
}
