import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Behaviour } from '../../packages/server/src/smsc/behaviour.ts';
import { fillBacklog } from '../backlog.ts';
import { type Child, startChild } from '../child.ts';
import { temporaryFolder } from '../leftovers.ts';
import { startLoader } from '../load.ts';
import type { SmscCounts } from '../peers/smsc-simulator.ts';
import { emptyStore } from '../redcloud.ts';
import { percent, perSecond, print } from '../report.ts';

/** Time in which the link finds the carrier's rate. Not measured. */
const SETTLING_MS = 5_000;
const RATES = [5, 50, 300, 1_000];
/** Lowest expected rate, in submits per second, for a carrier that throttles every 20th at any rate. */
const WANTED_OF_EVERY_20TH = 200;
/** A limit in submits per second that this machine does not reach. */
const MOST_PER_SECOND = 4_000;

export interface ThrottleOptions {
  /**
   * Submits per second that the carrier allows. Absent: 5, 50, 300 and 1,000, and then a carrier that throttles every
   * 20th.
   */
  rate: number | undefined;
  /** Measured time for each carrier. */
  seconds: number;
  /** Counting method of the carrier (smsc/limiter.ts). */
  limiter: Behaviour['limiter'];
  burst: number;
  latencyMs: number;
  /** Roles of the sending process, such as `api,outbound,webhooks`. */
  roles: string;
}

/** Utilisation of a carrier that throttles, with default settings: one bind, and no configured limit. */
export async function throttle({ rate, seconds, limiter, burst, latencyMs, roles }: ThrottleOptions): Promise<void> {
  const limited = { limiter, burst, latencyMs };
  const run = { seconds, roles };
  for (const allowed of rate === undefined ? RATES : [rate]) {
    const name = `${allowed}/s allowed (${limiter})`;
    await measure(name, { ...limited, allowedPerSecond: allowed }, run, allowed, 1.2 * allowed);
  }
  if (rate !== undefined) return;
  await measure('every 20th throttled', { throttleEvery: 20, latencyMs }, run, WANTED_OF_EVERY_20TH, MOST_PER_SECOND);
}

async function measure(
  name: string,
  behaviour: Partial<Behaviour>,
  { seconds, roles }: Pick<ThrottleOptions, 'seconds' | 'roles'>,
  wanted: number,
  most: number,
): Promise<void> {
  await using smsc = await startChild<{ port: number }>('./peers/smsc-simulator.ts', [JSON.stringify(behaviour)]);
  using folder = temporaryFolder();
  const file = join(folder.path, 'carriers.json');
  const { port } = smsc.ready;
  const carrier = { name: 'bench', type: 'smpp', host: '127.0.0.1', port, systemId: 'bench', password: 'bench' };
  writeFileSync(file, JSON.stringify({ carriers: [carrier] }));
  await using store = await emptyStore();
  {
    await using loader = await startLoader();
    await using api = await store.start('api');
    await fillBacklog(loader, api.url, most * (seconds + 10) + 200);
  }
  await using _server = await store.start(roles, { RC_CARRIERS: file });
  const { taken, throttled, ms } = await during(smsc, seconds * 1_000);
  const rate = (1_000 * taken) / ms;
  const load = loadavg()[0]?.toFixed(1);
  const achieved = `${perSecond(rate)}, ${percent(rate, wanted)} of ${perSecond(wanted)}`;
  print(name, achieved, `${percent(throttled, taken + throttled)} of the submits throttled`, `load ${load}`);
}

/** Counts of the measured time, which begins 5 s after the first accepted submit. */
async function during(smsc: Child<unknown>, ms: number): Promise<{ taken: number; throttled: number; ms: number }> {
  const counts = () => smsc.ask<SmscCounts>('counts');
  let { first } = await counts();
  for (; first === 0; { first } = await counts()) await delay(20);
  await delay(first + SETTLING_MS - Date.now());
  const before = await counts();
  await delay(ms);
  const after = await counts();
  return {
    taken: after.taken - before.taken,
    throttled: after.throttled - before.throttled,
    ms: after.now - before.now,
  };
}
