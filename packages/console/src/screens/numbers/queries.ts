import { useQuery } from '@tanstack/react-query';
import { call, withQuery } from '../../api/call.ts';
import type { AdminNumber, AdminNumbers } from '../../api/operator-types.ts';

/** All numbers of an API client with the settings for operators. @param clientId undefined: no request. */
export function useAdminNumbers(clientId: string | undefined) {
  return useQuery({
    queryKey: ['admin numbers', clientId],
    queryFn: ({ signal }) => allOf(clientId as string, signal),
    enabled: clientId !== undefined,
  });
}

async function allOf(apiClientId: string, signal: AbortSignal): Promise<AdminNumber[]> {
  const found: AdminNumber[] = [];
  let after: string | null = null;
  do {
    const path = withQuery('/api/admin/numbers', { apiClientId, after: after ?? undefined });
    const page: AdminNumbers = await call<AdminNumbers>(path, { signal });
    found.push(...page.numbers);
    after = page.nextCursor;
  } while (after !== null);
  return found;
}
