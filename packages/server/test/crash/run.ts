/**
 * `npm run crash -- --minutes 30 [--seed N] [--only name] [--at-once 2] [--rate 60] [--keep]`: runs all scenarios in
 * random order until the time has passed, and prints a table. `--short`: runs a selection once. Exits with status 1 if
 * a message was lost or duplicated, or on any other problem.
 */
import { parseArgs } from 'node:util';
import { Cluster, noCluster } from './cluster.ts';
import type { Verdict } from './harness.ts';
import { impossible, isGood, run, type Scenario } from './harness.ts';
import { Random } from './random.ts';
import { SCENARIOS, SHORT } from './scenarios.ts';
import { tableOf, tell } from './table.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '2' },
    rate: { type: 'string', default: '60' },
    keep: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});

const say = (text: string) => process.stdout.write(`${text}\n`);
const reason = noCluster();
if (reason) {
  say(`crash: skipped: ${reason}`);
  process.exit(0);
}

const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const until = Date.now() + Number(values.minutes) * 60_000;
const rounds = Number(values.rounds ?? (values.short ? 1 : Number.POSITIVE_INFINITY));
const chosen = (values.short ? SHORT : SCENARIOS).filter(({ name }) => !values.only || name.includes(values.only));
if (chosen.length === 0) throw new Error(`no scenario name contains "${values.only}"`);
const random = new Random(seed);
const cluster = await Cluster.start();
const verdicts: Verdict[] = [];
say(`crash: seed ${seed}, ${chosen.length} scenarios`);

/** Yields all scenarios in random order, then again in a new order. */
function* endless(): Generator<{ scenario: Scenario; seed: number }> {
  for (let round = 0; round < rounds; round += 1) {
    for (const scenario of random.shuffled(chosen)) yield { scenario, seed: random.between(1, 1_000_000_000) };
  }
}

const queue = endless();
async function worker(): Promise<void> {
  for (const { scenario, seed: own } of queue) {
    if (Date.now() > until) return;
    const why = impossible(scenario);
    if (why) {
      say(`skipped ${scenario.name}: ${why}`);
      continue;
    }
    try {
      const verdict = await run(scenario, { cluster, seed: own, rate: Number(values.rate), keep: values.keep });
      verdicts.push(verdict);
      say(tell(verdict));
    } catch (error) {
      process.exitCode = 1;
      say(`FAILED ${scenario.name} (seed ${own}): ${(error as Error).stack}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
await cluster.end();
say(`\n${tableOf(verdicts)}`);
if (!verdicts.every(isGood)) process.exitCode = 1;
process.exit();
