import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Number of accepted segments of each message, from the ledger of the simulator, which is outside the store. */
export function timesTaken(dataDir: string): Map<string, number> {
  const times = new Map<string, number>();
  const ledger = readFileSync(join(dataDir, 'simulator', 'ledger.ndjson'), 'utf8');
  for (const line of ledger.split('\n').filter((text) => text.includes('"taken"'))) {
    const id: string = JSON.parse(line).reference.split('/')[0];
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}
