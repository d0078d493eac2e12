import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { call, type Request } from './call.ts';
import { DEMO_CLIENT } from './demo-client.ts';
import type { Client, Clients, Session } from './operator-types.ts';

const REMEMBERED = 'redcloud.client';

interface Scope {
  session: Session;
  isOperator: boolean;
  /** The API client whose view is shown; undefined while an operator has none to choose. */
  clientId: string | undefined;
  /** All that an operator may choose from. */
  clients: Client[];
  choose(clientId: string): void;
  /** A request in that client's view. */
  core<T>(path: string, request?: Request): Promise<T>;
}

const ScopeContext = createContext<Scope | undefined>(undefined);

/** Whose view it is, for everything inside. */
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

/** A tab keeps its own choice; a new one begins with the latest of all. */
const remembered = () => sessionStorage.getItem(REMEMBERED) ?? localStorage.getItem(REMEMBERED) ?? undefined;

function pick(clients: readonly Client[], chosen: string | undefined): string | undefined {
  const has = (id: string | undefined) => clients.some((client) => client.id === id);
  if (has(chosen)) return chosen;
  // Most visits to a sandbox are about this one.
  if (has(DEMO_CLIENT.clientId)) return DEMO_CLIENT.clientId;
  return (clients.find(({ status }) => status === 'ACTIVE') ?? clients[0])?.id;
}

/** Also where nobody is signed in. */
export function useIsOperator(): boolean {
  return useContext(ScopeContext)?.isOperator ?? false;
}

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error('useScope outside of ScopeProvider');
  return scope;
}

/**
 * What a path answers in the view of the client, kept up to date while the page is visible.
 * @param everyMs 0: only when something asks for it.
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
