/**
 * `npm run bench`: performance of one machine, as rates, and as ratios to other programs in the same run. The load uses
 * loopback only, for a bounded time. Uses the embedded store, or with DATABASE_URL its own databases on that server.
 *
 *   npm run bench --
 *     [accept|lifecycle|latency|drain|growth|overload|burst|smpp|throttle|fairness|endpoints|callbacks|isolation|scheduled|start|console|cost …]
 *     [peers=false] [rounds=1] [seconds=10] [rate=…] [messages=…]
 *     [limiter=window|log|strict-log|bucket] [burst=…] [latency=…] [roles=outbound]
 *     burst takes pairs=5 sinks=receiver,inbox layouts=all,split
 *     scheduled takes messages=1000000 pairs=10 due=10000
 *     cost needs base=/another/checkout and takes pairs=10
 */
import { cpus, totalmem } from 'node:os';
import type { LimiterModel } from '../packages/server/src/smsc/limiter.ts';
import { accept } from './parts/accept.ts';
import { burst, type Layout, type Sink } from './parts/burst.ts';
import { callbacks } from './parts/callbacks.ts';
import { console } from './parts/console.ts';
import { cost } from './parts/cost.ts';
import { drain } from './parts/drain.ts';
import { endpoints } from './parts/endpoints.ts';
import { fairness } from './parts/fairness.ts';
import { growth } from './parts/growth.ts';
import { isolation } from './parts/isolation.ts';
import { latency } from './parts/latency.ts';
import { lifecycle } from './parts/lifecycle.ts';
import { overload } from './parts/overload.ts';
import { scheduled } from './parts/scheduled.ts';
import { smpp } from './parts/smpp.ts';
import { start } from './parts/start.ts';
import { throttle } from './parts/throttle.ts';
import { ask } from './redcloud.ts';
import { print } from './report.ts';

const args = process.argv.slice(2);
const settings = new Map(args.filter((arg) => arg.includes('=')).map((arg) => arg.split('=') as [string, string]));
const number = (name: string, fallback: number) => Number(settings.get(name) ?? fallback);
const list = <Item extends string>(name: string, fallback: string) =>
  (settings.get(name) ?? fallback).split(',') as Item[];
const named = args.filter((arg) => !arg.includes('='));
const server = process.env['DATABASE_URL'];

const seconds = number('seconds', 10);
const peers = settings.get('peers') !== 'false';
const PARTS: Record<string, () => Promise<void>> = {
  accept: () => accept({ seconds, peers }),
  lifecycle: () => lifecycle({ seconds: number('seconds', 20), rate: number('rate', server ? 2_500 : 1_500), peers }),
  latency: () => latency({ seconds: number('seconds', 20), rates: [number('rate', 500)] }),
  drain: () => drain({ messages: number('messages', 20_000), peers }),
  growth: () => growth({ depths: [10_000, 100_000, number('messages', 1_000_000)] }),
  overload: () => overload({ seconds: number('seconds', 60), rate: number('rate', server ? 1_500 : 800) }),
  burst: () =>
    burst({
      seconds,
      pairs: number('pairs', 5),
      sinks: list<Sink>('sinks', 'receiver,inbox'),
      layouts: list<Layout>('layouts', 'all'),
    }),
  smpp: () => smpp({ messages: number('messages', 30_000) }),
  throttle: () =>
    throttle({
      rate: settings.has('rate') ? number('rate', 0) : undefined,
      seconds: number('seconds', 30),
      limiter: (settings.get('limiter') ?? 'window') as LimiterModel,
      burst: number('burst', 0),
      latencyMs: number('latency', 0),
      roles: settings.get('roles') ?? 'outbound',
    }),
  endpoints: () => endpoints({ seconds: number('seconds', 30), rate: number('rate', 200) }),
  fairness: () => fairness({ messages: number('messages', 100_000) }),
  cost: () =>
    cost({
      base: settings.get('base') ?? '',
      pairs: number('pairs', 10),
      rate: number('rate', 300),
      seconds: number('seconds', 10),
    }),
  callbacks: () =>
    callbacks({ seconds: number('seconds', 20), rate: settings.has('rate') ? number('rate', 0) : undefined }),
  isolation: () => isolation({ pairs: number('pairs', 5), rate: number('rate', 100), seconds }),
  scheduled: () =>
    scheduled({
      messages: number('messages', 1_000_000),
      pairs: number('pairs', 10),
      rate: number('rate', 300),
      seconds: number('seconds', 10),
      due: number('due', 10_000),
    }),
  start: () => start({ pairs: number('pairs', 5) }),
  console: () => console({ messages: number('messages', 1_000_000), rounds: 10 }),
};

const unknown = named.find((name) => !(name in PARTS));
if (unknown) throw new Error(`Unknown part ${unknown}. Parts: ${Object.keys(PARTS).join(', ')}`);
const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
print('machine', `${cpus().length} × ${cpus()[0]?.model}`, memory, `Node ${process.versions.node}`);
const [version] = server ? await ask(server, 'show server_version') : [];
print('store', version ? `PostgreSQL ${version['server_version']}` : 'embedded');
for (let round = 0; round < number('rounds', 1); round += 1) {
  for (const name of named.length > 0 ? named : Object.keys(PARTS).filter((part) => part !== 'cost'))
    await PARTS[name]?.();
}
