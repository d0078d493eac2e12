import type { Carrier } from '../carriers/carrier.ts';
import type { Outgoing } from '../messages/messages.ts';
import { encodingOf, type HeaderOctets, type Segmentation, segment } from '../messages/segments.ts';
import type { PartState } from '../messages/status.ts';

type Wishes = Pick<Carrier, 'longMessages' | 'wantsUcs2'>;

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
export function splitOf({ text, messageType, parts }: Outgoing, begun: boolean, carrier: Wishes): Split {
  const { longMessages: long = 6 } = carrier;
  if (text === null || messageType === 'MMS') return { encoding: null, texts: [text], segmentsEach: 1 };
  const encoding = carrier.wantsUcs2?.(text) ? 'UCS2' : encodingOf(text);
  if (begun ? parts === 1 : long === 'whole') {
    return { encoding, texts: [text], segmentsEach: segment(text, 6, encoding).segments.length };
  }
  const header: HeaderOctets = long === 'whole' ? 6 : long;
  const { segments } = segment(text, header, encoding);
  if (!begun || segments.length === parts) return { encoding, texts: segments, segmentsEach: 1 };
  // It was begun for a carrier that wants the other header.
  return { encoding, texts: segment(text, header === 6 ? 7 : 6, encoding).segments, segmentsEach: 1 };
}

/** The parts to hand over: those that were not, and with AT_LEAST_ONCE those of which nothing is known. */
export function partsLeft({ guarantee }: Outgoing, { texts }: Split, states: Map<number, PartState>): number[] {
  const again = (state: PartState | undefined) =>
    state === undefined || (state === 'UNKNOWN' && guarantee === 'AT_LEAST_ONCE');
  return texts.map((_, i) => i + 1).filter((part) => again(states.get(part)));
}
