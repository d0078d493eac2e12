import type { Basis, Candidate, RoutePlan } from './route.ts';

/** Selected carrier of a message, with the reason for operators. */
export interface Decision {
  carrier: string;
  /** Name of the route. Null: the carrier of the number, or the default carrier. */
  route: string | null;
  reason: string;
  /** Whether the default carrier or that of the number accepts the message, which needs no explanation. */
  isUsual: boolean;
  /** Whether the carrier accepts messages at the moment. Otherwise the message waits for it. */
  isAvailable: boolean;
}

/**
 * Selects a carrier among the candidates: the first one that is available, otherwise the first one.
 * @param problemOf reason why a carrier accepts nothing at the moment, or undefined.
 * @param refused carriers that have refused this message for a reason of their own, and are not selected.
 * @returns undefined if all candidates have refused the message, or there are none.
 */
export function choose(
  { basis, candidates }: RoutePlan,
  problemOf: (carrier: string) => string | undefined,
  refused: ReadonlySet<string> = NONE,
): Decision | undefined {
  if (!basis) return undefined;
  const route = basis.kind === 'route' ? basis.name : null;
  const problems: string[] = [];
  const possible = candidates.filter(({ carrier }) => {
    if (refused.has(carrier)) problems.push(`${carrier} has refused the message`);
    return !refused.has(carrier);
  });
  for (const candidate of possible) {
    const problem = problemOf(candidate.carrier);
    if (problem === undefined) {
      const reason = reasonOf(basis, candidate, problems);
      return { carrier: candidate.carrier, route, reason, isUsual: route === null, isAvailable: true };
    }
    problems.push(problem);
  }
  const [first] = possible;
  if (!first) return undefined;
  const reason = `${reasonOf(basis, first, [])}, which accepts nothing at the moment: ${problemOf(first.carrier)}`;
  return { carrier: first.carrier, route, reason, isUsual: false, isAvailable: false };
}

const NONE: ReadonlySet<string> = new Set();

function reasonOf(basis: Basis, { carrier, isPrimary }: Candidate, problems: readonly string[]): string {
  const instead = problems.length > 0 ? `, because ${problems.join(' and ')}` : '';
  switch (basis.kind) {
    case 'default':
      return `Default carrier ${carrier}`;
    case 'number':
      return `Carrier ${carrier} of the number`;
    case 'route':
      return `Route ${basis.name}, ${isPrimary ? 'carrier' : 'failover to'} ${carrier}${instead}`;
  }
}
