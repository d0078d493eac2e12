import type { LongMessages } from '../carriers/carrier.ts';
import type { Outgoing } from '../messages/messages.ts';
import { encodingOf, type HeaderOctets, type Segmentation, segment } from '../messages/segments.ts';
import type { PartState } from '../messages/status.ts';

/** A message as it is handed over. */
export interface Split {
  encoding: Segmentation['encoding'] | null;
  /** Of each part; null for one without a text. */
  texts: (string | null)[];
  /** What one part counts, where a carrier counts segments. */
  segmentsEach: number;
}

/**
 * How the carrier wants it; but what was begun goes on as it began, for a handset to put together. Then `parts` is in how
 * many that was; before, it is only in how many it would be by default.
 */
export function splitOf({ text, messageType, parts }: Outgoing, begun: boolean, long: LongMessages = 6): Split {
  if (text === null || messageType === 'MMS') return { encoding: null, texts: [text], segmentsEach: 1 };
  if (begun ? parts === 1 : long === 'whole') {
    return { encoding: encodingOf(text), texts: [text], segmentsEach: segment(text).segments.length };
  }
  const wanted: HeaderOctets = long === 'whole' ? 6 : long;
  const ways = [segment(text, wanted), segment(text, wanted === 6 ? 7 : 6)] as const;
  const way = (begun ? ways.find(({ segments }) => segments.length === parts) : undefined) ?? ways[0];
  return { encoding: way.encoding, texts: way.segments, segmentsEach: 1 };
}

/** The parts to hand over: those that were not, and with AT_LEAST_ONCE those of which nothing is known. */
export function partsLeft({ guarantee }: Outgoing, { texts }: Split, states: Map<number, PartState>): number[] {
  const again = (state: PartState | undefined) =>
    state === undefined || (state === 'UNKNOWN' && guarantee === 'AT_LEAST_ONCE');
  return texts.map((_, i) => i + 1).filter((part) => again(states.get(part)));
}
