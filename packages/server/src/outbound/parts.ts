import type { Carrier } from '../carriers/carrier.ts';
import type { Outgoing } from '../messages/lifecycle/messages.ts';
import type { PartState } from '../messages/lifecycle/status.ts';
import { encodingOf, type HeaderOctets, type Segmentation, segment } from '../messages/request/segments.ts';

type Wishes = Pick<Carrier, 'longMessages' | 'wantsUcs2'>;

/** A message in the form in which it is submitted. */
export interface Split {
  encoding: Segmentation['encoding'] | null;
  /** Text of each segment. null: a segment without a text. */
  texts: (string | null)[];
  /** Number of segments that the carrier counts per submit. */
  segmentsEach: number;
}

/**
 * Splits a message the way the carrier takes it. A message that was begun keeps its first split, so that a handset can
 * join it. For such a message `parts` is the number of segments of that split. For other messages `parts` is only the
 * default.
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
  // The first submit was to a carrier with the other header length.
  return { encoding, texts: segment(text, header === 6 ? 7 : 6, encoding).segments, segmentsEach: 1 };
}

/** Segments to submit: those not yet submitted, and with AT_LEAST_ONCE also those whose outcome is unknown. */
export function partsLeft({ guarantee }: Outgoing, { texts }: Split, states: Map<number, PartState>): number[] {
  const again = (state: PartState | undefined) =>
    state === undefined || (state === 'UNKNOWN' && guarantee === 'AT_LEAST_ONCE');
  return texts.map((_, i) => i + 1).filter((part) => again(states.get(part)));
}
