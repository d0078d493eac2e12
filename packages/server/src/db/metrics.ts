import { Gauge, type Registry } from 'prom-client';

/** Whether the store responds, as in /health/ready. */
export function watchStore(registry: Registry, reachable: () => Promise<boolean>): void {
  new Gauge({
    name: 'redcloud_store_up',
    help: '1 if the store responds within two seconds, otherwise 0',
    registers: [registry],
    async collect() {
      this.set((await reachable()) ? 1 : 0);
    },
  });
}
