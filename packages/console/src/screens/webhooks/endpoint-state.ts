import type { Endpoint } from '../../api/types.ts';

/** State of an endpoint. */
export function endpointState({ disabledAt, failingSince }: Endpoint): 'DISABLED' | 'FAILING' | 'ACTIVE' {
  if (disabledAt !== null) return 'DISABLED';
  return failingSince === null ? 'ACTIVE' : 'FAILING';
}
