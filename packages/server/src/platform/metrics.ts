import { collectDefaultMetrics, Registry } from 'prom-client';

/** Upper bounds in seconds, for histograms of the durations of requests. */
export const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Registry of one process, with the metrics of Node. Each module registers its own metrics (`metrics.ts`). */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
