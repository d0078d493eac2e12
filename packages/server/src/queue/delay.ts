import type { Lane } from './job.ts';

/** Due waiting jobs of one sender. */
export interface Waiting extends Lane {
  due: number;
}

/** Estimated wait of a message that its sender adds now. */
export interface Delay extends Lane {
  seconds: number;
}

/**
 * Estimates the delay of each sender's next message from fair scheduling. Claims serve clients in turn, and the numbers
 * of each client in turn. Before that message, a number with fewer waiting messages has sent all of them. A number with
 * more has sent as many as this sender.
 * @param perSecond messages sent per second in total.
 */
export function delaysOf(waiting: readonly Waiting[], perSecond: number): Delay[] {
  const byClient = [...Map.groupBy(waiting, ({ client }) => client).values()];
  const totals = sumsOf(byClient.map((lanes) => lanes.reduce((sum, { due }) => sum + due, 0)));
  return byClient.flatMap((lanes) => {
    const ofClient = sumsOf(lanes.map(({ due }) => due));
    return lanes.map(({ client, lane, due }) => {
      const ahead = sumOfLesser(totals, sumOfLesser(ofClient, due));
      return { client, lane, seconds: ahead / perSecond };
    });
  });
}

/** Ascending values with prefix sums. `before[i]` is the sum of the first i values, and the last entry is the total. */
interface Sums {
  sorted: number[];
  before: number[];
}

function sumsOf(values: number[]): Sums {
  const sorted = values.toSorted((a, b) => a - b);
  const before = [0];
  for (const [i, value] of sorted.entries()) before.push((before[i] as number) + value);
  return { sorted, before };
}

/** @returns sum of `min(value, most)` over all values. */
function sumOfLesser({ sorted, before }: Sums, most: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return (before[low] as number) + (sorted.length - low) * most;
}
