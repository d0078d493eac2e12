import { join } from 'node:path';
import { ALL_SENDERS } from '../capabilities.ts';
import type { ExclusiveType } from '../carrier-type.ts';
import { ok } from '../check/finding.ts';
import { checked } from '../problems.ts';
import { type SimulatorSettings, SimulatorSettingsSchema } from './settings.ts';
import { SIMULATOR_MEDIA, Simulator } from './simulator.ts';

/** Name of the simulator without RC_CARRIERS. */
const USUAL_NAME = 'simulator';

/** The built-in carrier of the sandbox. */
export const SIMULATOR: ExclusiveType<SimulatorSettings> = {
  ownership: 'exclusive',
  isScripted: true,
  schema: SimulatorSettingsSchema,
  read: (value, path) => checked(SimulatorSettingsSchema, value, path),
  capabilities: ({ name }) => ({
    name,
    senders: ALL_SENDERS,
    media: { senders: ALL_SENDERS, limits: () => SIMULATOR_MEDIA },
    maxTextCharacters: { SMS: undefined, MMS: undefined },
  }),
  processes: (_settings, { overrides: { simulatorLinks = 1 } }) => simulatorLinks,
  create: ({ name }, { dataDir, clock, ids, overrides: { simulatorPace: pace = 1 } }) => {
    const ledgerFile = join(dataDir, 'simulator', name === USUAL_NAME ? 'ledger.ndjson' : `${name}.ndjson`);
    return new Simulator({ name, ledgerFile, clock, ids, pace });
  },
  canProbe: false,
  async check(_settings, report) {
    report(ok('simulator', 'Available. The simulator delivers nothing to handsets.'));
  },
};
