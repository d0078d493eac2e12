import { fractionOf } from '#platform/hash.ts';
import { callingCodeOf } from '#platform/phone-numbers.ts';

/** Member of a pool that can send a message. */
export interface Candidate {
  numberId: string;
  e164: string;
  /** Messages that wait to be sent from the number. */
  waiting: number;
  /** Whether no carrier has been able to take the message from the number for longer than the failover time. */
  isBlocked: boolean;
}

/**
 * Selects the member that sends to a recipient: the number used last, otherwise one with the same area code, otherwise
 * one of the same country, otherwise any. Among these, the one with the fewest waiting messages. A blocked member
 * sends only if all are blocked. Equal input gives an equal result, regardless of the order of the candidates.
 * @param sticky id of the number used last with the recipient.
 * @returns undefined without candidates.
 */
export function chooseMember<C extends Candidate>(
  recipient: string,
  sticky: string | undefined,
  candidates: readonly C[],
): C | undefined {
  const open = candidates.filter(({ isBlocked }) => !isBlocked);
  const possible = open.length > 0 ? open : candidates;
  const same = possible.find(({ numberId }) => numberId === sticky);
  if (same || possible.length < 2) return same ?? possible[0];
  return leastBusy(recipient, nearest(recipient, possible));
}

/** Members with the area code of the recipient, otherwise those of its country, otherwise all. */
function nearest<C extends Candidate>(recipient: string, members: readonly C[]): readonly C[] {
  for (const regionOf of [areaOf, callingCodeOf]) {
    const region = regionOf(recipient);
    const near = region === undefined ? [] : members.filter(({ e164 }) => regionOf(e164) === region);
    if (near.length > 0) return near;
  }
  return members;
}

const NANP = /^\+1([2-9]\d{2})[2-9]\d{6}$/;

/** Area code of the North American Numbering Plan. */
function areaOf(e164: string): string | undefined {
  return NANP.exec(e164)?.[1];
}

/** The hash spreads the recipients over members with equal backlogs. */
function leastBusy<C extends Candidate>(recipient: string, members: readonly C[]): C | undefined {
  const least = Math.min(...members.map(({ waiting }) => waiting));
  let best: { member: C; score: number } | undefined;
  for (const member of members) {
    if (member.waiting !== least) continue;
    const score = fractionOf(`${recipient} ${member.numberId}`);
    const isBetter = !best || score > best.score || (score === best.score && member.numberId < best.member.numberId);
    if (isBetter) best = { member, score };
  }
  return best?.member;
}
