import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseUnavailable } from '../db.ts';

interface Pending<Item, Result> {
  item: Item;
  weight: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface BatchOptions<Item, Result> {
  /** Executes all items in one commit. @returns one result for each item, in their order. */
  run(items: Item[]): Promise<Result[]>;
  /** Maximum weight of one batch. A heavier item runs alone. */
  maxWeight: number;
  weigh?(item: Item): number;
  /** Maximum number of concurrent batches, 1 by default. */
  atOnce?: number;
  /**
   * Linger in milliseconds, the minimum time from the start of a batch to the start of the next one under load. Each
   * batch has a fixed cost, which is then paid less often. Under load means that the last batch had `MANY` items or
   * more.
   */
  lingerMs?: number;
}

const MANY = 8;

/**
 * Group commit. Items that arrive during a commit form the next batch. Batches therefore grow with the load, and an
 * idle system adds no delay. A rejected batch is repeated one item at a time, so that a bad item never fails other
 * items. `run` must therefore be safe to repeat.
 */
export function batched<Item, Result>(options: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { run, maxWeight, weigh = () => 1, atOnce = 1, lingerMs = 0 } = options;
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
      // Send the next batch before the callers of the last one continue, so that the store works meanwhile.
      if (settle) await nextTurn();
      settle?.();
      settle = await underWay;
      const early = lingerMs - (performance.now() - startedAt);
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
      // Start after the current turn of the event loop. All items that it reads from sockets share the first batch.
      setImmediate(drain);
    });
}

/** Passes the result of each item to its caller. */
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
