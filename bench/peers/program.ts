import type { LoadOptions } from '../load/options.ts';

/** Load that is offered to a peer. */
export type Offer = Pick<LoadOptions, 'connections' | 'seconds'> & Partial<Pick<LoadOptions, 'requests' | 'rate'>>;

/** Result for a peer that is not installed and therefore not measured. */
export interface Skipped {
  skipped: string;
}

/** Measurements of a peer, by name: `accept`, `lifecycle`. */
export type Parts = Record<string, (offer: Partial<Offer>) => Promise<unknown>>;

const NUMBERS = ['connections', 'seconds', 'requests', 'rate'] as const;

/**
 * Runs the file of a peer as a separate program: `node bench/peers/kannel.ts lifecycle rounds=3 seconds=10 rate=1500`.
 * Without a name, all measurements run. Prints one line of JSON per round and measurement.
 */
export async function runAsProgram(parts: Parts): Promise<void> {
  const args = process.argv.slice(2);
  const named = Object.keys(parts).filter((name) => args.includes(name));
  const unknown = args.find((arg) => !arg.includes('=') && !(arg in parts));
  if (unknown !== undefined) throw new Error(`Unknown part ${unknown}. Parts: ${Object.keys(parts).join(', ')}`);
  const settings = new Map(args.filter((arg) => arg.includes('=')).map((arg) => arg.split('=') as [string, string]));
  const offer: Partial<Offer> = {};
  for (const name of NUMBERS) if (settings.has(name)) offer[name] = Number(settings.get(name));
  for (let round = 0; round < Number(settings.get('rounds') ?? 1); round += 1) {
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      const figures = await parts[name]?.(offer);
      process.stdout.write(`${name} ${JSON.stringify(figures, readable)}\n`);
    }
  }
}

/** Rounds numbers for printing, and omits fields that serve only the matching. */
function readable(name: string, value: unknown): unknown {
  if (name === 'acceptedAt' || name === 'startedAt') return undefined;
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}
