import type { Scenario } from './harness.ts';
import { bursts } from './scenarios/burst.ts';
import { chaos } from './scenarios/chaos.ts';
import { cuts } from './scenarios/cut.ts';
import { failovers } from './scenarios/failover.ts';
import { fleets } from './scenarios/fleet.ts';
import { kills } from './scenarios/kill.ts';
import { stops } from './scenarios/stop.ts';
import { stores } from './scenarios/store.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...kills,
  ...bursts,
  ...stops,
  ...cuts,
  ...stores,
  ...fleets,
  ...failovers,
  ...chaos,
];

/** One scenario for each step and each kind of failure, as many as CI has time for. */
export const SHORT: readonly Scenario[] = [
  'kill accept sent',
  'kill record.commit sent',
  'kill receipt.commit sent',
  'burst: kill accept sent',
  'stop submit before',
  'cut record.commit answered',
  'store: crashes and restarts',
  'store: commits late, after the connection has ended',
  'store: disk full',
  'clock: an hour ahead',
  'failover: the bound process is killed',
  'rolling restart, by roles',
].map(named);

function named(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found;
}
