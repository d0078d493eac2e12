import { useQuery } from '@tanstack/react-query';
import { call, withQuery } from '../../api/call.ts';
import type { Pool, PoolsPage } from '../../api/operator-types.ts';

/** Largest page of the API. */
const LIMIT = 500;

export const pathOf = (poolId: string) => `/api/admin/pools/${encodeURIComponent(poolId)}`;

/** All pools of an API client. @param clientId undefined: no request. */
export function usePools(clientId: string | undefined) {
  return useQuery({
    queryKey: ['pools', clientId],
    queryFn: ({ signal }) => allOf(clientId as string, signal),
    enabled: clientId !== undefined,
  });
}

async function allOf(apiClientId: string, signal: AbortSignal): Promise<Pool[]> {
  const found: Pool[] = [];
  let after: string | null = null;
  do {
    const path = withQuery('/api/admin/pools', { apiClientId, limit: LIMIT, after: after ?? undefined });
    const page: PoolsPage = await call<PoolsPage>(path, { signal });
    found.push(...page.pools);
    after = page.nextCursor;
  } while (after !== null);
  return found;
}
