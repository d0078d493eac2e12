import { explained } from '#db/drivers/open.ts';
import type { Config } from '#platform/config.ts';
import { createLog } from '#platform/log.ts';
import { type Overrides, openCore } from './core.ts';
import { Lifecycle } from './lifecycle.ts';
import { withOpenOperator } from './open-operator.ts';

export type RedCloud = Awaited<ReturnType<typeof start>>;
export type { Overrides };

/** Opens the store, and composes and starts all other parts of the process. */
export async function start(given: Config, overrides: Overrides = {}) {
  const config = withOpenOperator(given);
  const log = overrides.log ?? createLog(config.logLevel);
  const lifecycle = new Lifecycle(log);
  // Before the store is opened, because an invalid file must change nothing.
  const settings = config.carriers && (await import('./carrier-settings.ts')).readCarrierSettings(config);
  try {
    // Most modules are loaded while the embedded store opens in its own thread. Both take about a second. Connections to
    // a server have time limits, which the loading would exceed on a slow machine.
    const load = () => import('./composition.ts');
    if (config.databaseUrl) await load();
    // Both have ended in any case, so that a failed start can close the store.
    const [core, composition] = await Promise.allSettled([openCore({ config, overrides, log, lifecycle }), load()]);
    if (core.status === 'rejected') throw core.reason;
    if (composition.status === 'rejected') throw composition.reason;
    return await composition.value.compose(core.value, settings);
  } catch (error) {
    await lifecycle.stop(AbortSignal.timeout(config.stopSeconds * 1000));
    throw explained(error, config.databaseUrl);
  }
}
