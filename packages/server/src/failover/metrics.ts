import { Gauge, type Registry } from 'prom-client';
import type { Suspension } from '#queue/suspension.ts';

/** Reports why outbound jobs wait in this process. */
export function watchSuspension(registry: Registry, suspension: Suspension): void {
  new Gauge({
    name: 'redcloud_sending_held',
    help: '1 while no message is submitted after a restore, otherwise 0',
    registers: [registry],
    collect() {
      this.set(suspension.isHeld ? 1 : 0);
    },
  });
  new Gauge({
    name: 'redcloud_failover_open',
    help: '1 while messages that were due wait after a failover of the database, otherwise 0',
    registers: [registry],
    collect() {
      this.set(suspension.before ? 1 : 0);
    },
  });
}
