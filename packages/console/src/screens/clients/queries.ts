import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { Account, Client } from '../../api/types.ts';

export function useClients() {
  return useQuery({ queryKey: ['clients'], queryFn: () => call<{ clients: Client[] }>('/api/admin/clients') });
}

export function useAccounts() {
  return useQuery({ queryKey: ['accounts'], queryFn: () => call<{ accounts: Account[] }>('/api/admin/accounts') });
}
