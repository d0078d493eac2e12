import { Histogram, type Latency } from './histogram.ts';

/** Times of an occurrence by message: two lists of the same length, with times from `epochMs`. */
export interface Moments {
  ids: string[];
  times: number[];
}

/** Time between two moments of the same message. */
export interface Matched {
  latency: Latency;
  matched: number;
  /** Messages of `from` that are not in `to`. */
  missing: number;
  /** Moments in `to` after the first one of a message, which are duplicates. */
  repeated: number;
}

/** Matches by message with the first moment in `to`. Messages only in `to` belong to other senders and are ignored. */
export function match(from: Moments, to: Moments): Matched {
  const histogram = new Histogram();
  const open = new Map(from.ids.map((id, index) => [id, from.times[index] as number]));
  const done = new Set<string>();
  let repeated = 0;
  for (const [index, id] of to.ids.entries()) {
    const started = open.get(id);
    if (started !== undefined) histogram.add((to.times[index] as number) - started);
    else if (done.has(id)) repeated += 1;
    if (open.delete(id)) done.add(id);
  }
  return { latency: histogram.summary(), matched: done.size, missing: open.size, repeated };
}
