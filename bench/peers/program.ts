import type { LoadOptions } from '../load/options.ts';

/** How much a peer is asked for. */
export type Offer = Pick<LoadOptions, 'connections' | 'seconds'> & Partial<Pick<LoadOptions, 'requests' | 'rate'>>;

/** A peer that isn't installed is not measured. */
export interface Skipped {
  skipped: string;
}

/** What a peer does, by name: `accept`, `lifecycle`. */
export type Parts = Record<string, (offer: Partial<Offer>) => Promise<unknown>>;

const NUMBERS = ['connections', 'seconds', 'requests', 'rate'] as const;

/**
 * A peer's file as a program of its own: `node bench/peers/kannel.ts lifecycle rounds=3 seconds=10 rate=1500`. Without a
 * part all of them run. Prints one line of JSON a round.
 */
export async function runAsProgram(parts: Parts): Promise<void> {
  const args = process.argv.slice(2);
  const named = Object.keys(parts).filter((name) => args.includes(name));
  const unknown = args.find((arg) => !arg.includes('=') && !(arg in parts));
  if (unknown !== undefined) throw new Error(`${unknown}: not one of ${Object.keys(parts).join(', ')}`);
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

/** Rounds what is printed, and leaves out what is only there to be matched. */
function readable(name: string, value: unknown): unknown {
  if (name === 'acceptedAt' || name === 'startedAt') return undefined;
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}
