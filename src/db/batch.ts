import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseUnavailable } from './db.ts';

interface Pending<Item, Result> {
  item: Item;
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface BatchOptions<Item, Result> {
  /** Carries out all items in one commit, and answers in their order. */
  run(items: Item[]): Promise<Result[]>;
  /** The most that one batch may weigh; a heavier item goes alone. */
  maxWeight: number;
  weigh?(item: Item): number;
  /** Batches under way at once; 1 unless told otherwise. */
  atOnce?: number;
  /**
   * Under load, the least time from the start of a batch to the start of the next one: what each costs whatever its size is
   * paid less often then. Under load means that the last one had `MANY` items or more.
   */
  gatherMs?: number;
}

const MANY = 8;

/**
 * Group commit: what arrives while a batch is being committed makes up the next one. So the batches grow with the load,
 * and an idle system waits for nobody. A batch that is refused is carried out again one item at a time, so that one bad
 * item never fails its neighbours: `run` must be safe to repeat.
 */
export function batched<Item, Result>(options: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { run, maxWeight, weigh = () => 1, atOnce = 1, gatherMs = 0 } = options;
  const waiting: Pending<Item, Result>[] = [];
  let running = 0;

  function take(): Pending<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const pending of waiting) {
      if (count > 0 && weight + pending.weight > maxWeight) break;
      weight += pending.weight;
      count += 1;
    }
    return waiting.splice(0, count);
  }

  async function drain(): Promise<void> {
    let settle: Settle | undefined;
    while (waiting.length > 0) {
      const startedAt = performance.now();
      const batch = take();
      const underWay = carryOut(batch, run);
      // What is next is on its way to the store before the last one's callers go on: the store works meanwhile.
      if (settle) await nextTurn();
      settle?.();
      settle = await underWay;
      const early = gatherMs - (performance.now() - startedAt);
      if (batch.length < MANY || early <= 0) continue;
      settle();
      settle = undefined;
      await delay(early);
    }
    running -= 1;
    settle?.();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, weight: weigh(item), resolve, reject });
      if (running >= atOnce) return;
      running += 1;
      // After the current turn of the event loop: all that it reads from sockets shares the first batch.
      setImmediate(drain);
    });
}

/** Tells each caller what came of its item. */
type Settle = () => void;

async function carryOut<Item, Result>(
  batch: Pending<Item, Result>[],
  run: (items: Item[]) => Promise<Result[]>,
): Promise<Settle> {
  try {
    const results = await run(batch.map(({ item }) => item));
    return () => {
      for (const [i, pending] of batch.entries()) pending.resolve(results[i] as Result);
    };
  } catch (error) {
    if (batch.length === 1 || error instanceof DatabaseUnavailable) {
      return () => {
        for (const pending of batch) pending.reject(error);
      };
    }
    for (const pending of batch) (await carryOut([pending], run))();
    return () => undefined;
  }
}
