import type { Lane } from './job.ts';

/** Jobs of one sender that are due and wait. */
export interface Waiting extends Lane {
  due: number;
}

/** How long a message waits that its sender adds now. */
export interface Delay extends Lane {
  seconds: number;
}

/**
 * Estimates the delay of each sender's next message from the fair scheduling of claims: clients in turn, and the numbers of a
 * client in turn. Before that message, a number with fewer waiting messages is finished, and all others have sent as many.
 * @param perSecond messages that are sent per second in all.
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

/** Values in ascending order, with the sum of those before each one, and of all at the end. */
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

/** @returns the sum of the lesser of each value and `most`. */
function sumOfLesser({ sorted, before }: Sums, most: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return (before[low] as number) + (sorted.length - low) * most;
}
