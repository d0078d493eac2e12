import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { Accounts, Clients } from '../../api/operator-types.ts';

export function useClients() {
  return useQuery({ queryKey: ['clients'], queryFn: () => call<Clients>('/api/admin/clients') });
}

export function useAccounts() {
  return useQuery({ queryKey: ['accounts'], queryFn: () => call<Accounts>('/api/admin/accounts') });
}
