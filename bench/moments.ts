import { Histogram, type Latency } from './histogram.ts';

/** When something happened to which message: two lists of one length, times as `epochMs` gives them. */
export interface Moments {
  ids: string[];
  times: number[];
}

/** How long it took from one moment of a message to another one. */
export interface Matched {
  latency: Latency;
  matched: number;
  /** Messages of `from` that never came to `to`. */
  missing: number;
  /** Moments in `to` beyond the first one of a message: what was told twice. */
  repeated: number;
}

/** Matches message by message, the first moment in `to` counts. What is in `to` only is somebody else's: left out. */
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
