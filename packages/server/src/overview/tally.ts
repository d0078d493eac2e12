import type { Counter } from 'prom-client';

/** Counters of a process since its start, for the overview of all processes. */
export interface Tally {
  accepted: number;
  sent: number;
  delivered: number;
  failed: number;
  webhooksDelivered: number;
  webhooksFailed: number;
  failures: Record<string, number>;
  /** Segments submitted to each carrier, by outcome. */
  submits: Record<string, Record<string, number>>;
}

/** Metrics that a tally reads. */
export interface Tallied {
  accepted: Counter;
  submits: Counter<'carrier' | 'outcome'>;
  finished: Counter<'status'>;
  failures: Counter<'code'>;
  webhookAttempts: Counter<'outcome'>;
}

/** Reads the counters of this process. */
export async function tally({ accepted, submits, finished, failures, webhookAttempts }: Tallied): Promise<Tally> {
  const sum = async (counter: Counter<string>, label?: string, value?: string) => {
    const { values } = await counter.get();
    const counted = values.filter(({ labels }) => label === undefined || labels[label] === value);
    return counted.reduce((total, each) => total + each.value, 0);
  };
  const { values } = await failures.get();
  return {
    accepted: await sum(accepted),
    sent: await sum(submits, 'outcome', 'accepted'),
    delivered: await sum(finished, 'status', 'DELIVERED'),
    failed: await sum(finished, 'status', 'FAILED'),
    webhooksDelivered: await sum(webhookAttempts, 'outcome', 'delivered'),
    webhooksFailed: (await sum(webhookAttempts)) - (await sum(webhookAttempts, 'outcome', 'delivered')),
    failures: Object.fromEntries(values.map(({ labels, value }) => [String(labels.code), value])),
    submits: await byCarrier(submits),
  };
}

async function byCarrier(submits: Tallied['submits']): Promise<Tally['submits']> {
  const carriers: Tally['submits'] = {};
  for (const { labels, value } of (await submits.get()).values) {
    const carrier = String(labels.carrier);
    carriers[carrier] = { ...carriers[carrier], [String(labels.outcome)]: value };
  }
  return carriers;
}
