import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { call, type Request } from './call.ts';
import { DEMO_CLIENT } from './demo-client.ts';
import type { Client, Clients, Session } from './operator-types.ts';

const REMEMBERED = 'redcloud.client';

interface Scope {
  session: Session;
  isOperator: boolean;
  /** The API client whose view is shown. Undefined for an operator without clients. */
  clientId: string | undefined;
  /** All clients that an operator can choose. */
  clients: Client[];
  choose(clientId: string): void;
  /** Sends a request in the view of the client. */
  core<T>(path: string, request?: Request): Promise<T>;
}

const ScopeContext = createContext<Scope | undefined>(undefined);

/** Provides the current view to all components inside. */
export function ScopeProvider({ session, children }: { session: Session; children: ReactNode }) {
  const isOperator = session.role === 'operator';
  const [chosen, setChosen] = useState(remembered);
  const { data } = useQuery({
    queryKey: ['clients'],
    queryFn: () => call<Clients>('/api/admin/clients'),
    enabled: isOperator,
  });
  const clients = data?.clients ?? [];
  const clientId = isOperator ? pick(clients, chosen) : session.apiClientId;

  const choose = useCallback((id: string) => {
    for (const memory of [sessionStorage, localStorage]) memory.setItem(REMEMBERED, id);
    setChosen(id);
  }, []);
  const core = useCallback(
    <T,>(path: string, request: Request = {}) => call<T>(`/api/core${path}`, { ...request, client: clientId }),
    [clientId],
  );
  const scope = useMemo(
    () => ({ session, isOperator, clientId, clients, choose, core }),
    [session, isOperator, clientId, clients, choose, core],
  );
  return <ScopeContext value={scope}>{children}</ScopeContext>;
}

/** Each tab has its own choice. A new tab starts with the latest choice of all tabs. */
const remembered = () => sessionStorage.getItem(REMEMBERED) ?? localStorage.getItem(REMEMBERED) ?? undefined;

function pick(clients: readonly Client[], chosen: string | undefined): string | undefined {
  const has = (id: string | undefined) => clients.some((client) => client.id === id);
  if (has(chosen)) return chosen;
  // The demo client is the most frequent choice in a sandbox.
  if (has(DEMO_CLIENT.clientId)) return DEMO_CLIENT.clientId;
  return (clients.find(({ status }) => status === 'ACTIVE') ?? clients[0])?.id;
}

/** Also usable without a session. */
export function useIsOperator(): boolean {
  return useContext(ScopeContext)?.isOperator ?? false;
}

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error('useScope outside of ScopeProvider');
  return scope;
}

/**
 * Response of a path in the view of the client, refreshed while the page is visible.
 *
 * @param everyMs refresh interval in milliseconds, 0 for refreshes on request only.
 */
export function useCore<T>(path: string, everyMs = 0) {
  const { core, clientId } = useScope();
  return useQuery({
    queryKey: ['core', clientId, path],
    queryFn: ({ signal }) => core<T>(path, { signal }),
    enabled: clientId !== undefined,
    ...(everyMs > 0 ? { refetchInterval: everyMs } : {}),
  });
}
