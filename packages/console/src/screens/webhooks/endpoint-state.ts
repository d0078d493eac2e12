import type { Endpoint } from '../../api/types.ts';

/** How an endpoint fares, in one word. */
export function endpointState({ disabledAt, failingSince }: Endpoint): 'DISABLED' | 'FAILING' | 'ACTIVE' {
  if (disabledAt !== null) return 'DISABLED';
  return failingSince === null ? 'ACTIVE' : 'FAILING';
}
