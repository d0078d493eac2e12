import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Received } from './receiver-process.ts';

/** The ledger of the simulator. Kept outside the store. */
export interface CarrierBooks {
  taken: { reference: string; carrierRef: string; to: string; at: number }[];
  /** Carrier message ids for which all receipts were sent. */
  done: Set<string>;
}

function lines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return text === '' ? [] : [JSON.parse(text) as T];
      } catch {
        // The line is incomplete after a crash.
        return [];
      }
    });
}

export function readCarrier(directory: string): CarrierBooks {
  const books: CarrierBooks = { taken: [], done: new Set() };
  type Line = { kind: 'taken' | 'done'; carrierRef: string; reference: string; to: string; at: string };
  for (const { kind, carrierRef, reference, to, at } of lines<Line>(
    join(directory, 'data', 'simulator', 'ledger.ndjson'),
  )) {
    if (kind === 'done') books.done.add(carrierRef);
    else books.taken.push({ reference, carrierRef, to, at: Date.parse(at) });
  }
  return books;
}

export function readReceiver(directory: string): Received[] {
  return lines<Received>(join(directory, 'receiver.ndjson'));
}
