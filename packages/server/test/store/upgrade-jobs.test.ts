import { describe, expect, test } from 'vitest';
import { migrate } from '#db/schema/migrate.ts';
import { Queue } from '#queue/queue.ts';
import { loadNothing, testHolder } from '../support/holder.ts';
import { at, fill, HOUR_MS, IDS, NOW } from './previous-rows.ts';
import { jobs, previousStore, upgrade } from './previous-store.ts';

const db = previousStore();

describe('A store of the previous version', () => {
  test('The upgrade keeps waiting jobs, makes leased jobs due as interrupted, and removes duplicates.', async () => {
    await fill(db());
    await upgrade(db());
    const mine = { client: 'client_1', lane: 'num_1', leasedBy: null, lease: null };
    const due = new Date(NOW - HOUR_MS);
    expect(await jobs(db())).toEqual(
      [
        {
          queue: 'outbound',
          subject: IDS.queued,
          ordinal: 0,
          attempt: 0,
          runAt: new Date(NOW - 2 * HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'outbound',
          subject: IDS.leased,
          ordinal: 0,
          attempt: 1,
          runAt: due,
          interrupted: true,
          ...mine,
          lane: 'num_2',
        },
        {
          queue: 'outbound',
          subject: IDS.unknown,
          ordinal: 0,
          attempt: 4,
          runAt: new Date(NOW + 3 * HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'outbound',
          subject: 'msg_gone',
          ordinal: 0,
          attempt: 0,
          runAt: due,
          interrupted: false,
          ...mine,
          client: '',
          lane: '',
        },
        {
          queue: 'outcomes',
          subject: IDS.unknown,
          ordinal: -1,
          attempt: 0,
          runAt: new Date(NOW + HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'webhooks',
          subject: IDS.leased,
          ordinal: 1,
          attempt: 2,
          runAt: due,
          interrupted: true,
          ...mine,
          lane: 'num_2',
        },
        {
          queue: 'webhooks',
          subject: IDS.delivered,
          ordinal: 2,
          attempt: 2,
          runAt: new Date(NOW + HOUR_MS),
          interrupted: false,
          ...mine,
        },
        { queue: 'webhooks', subject: IDS.delivered, ordinal: 3, attempt: 1, runAt: due, interrupted: true, ...mine },
        { queue: 'webhooks', subject: IDS.received, ordinal: 1, attempt: 0, runAt: due, interrupted: false, ...mine },
        { queue: 'webhooks', subject: IDS.odd, ordinal: 1, attempt: 3, runAt: due, interrupted: true, ...mine },
      ].toSorted((a, b) => compare(a.queue, b.queue) || compare(a.subject, b.subject) || a.ordinal - b.ordinal),
    );
  });

  test('After the upgrade each due job is claimed once, at its next attempt.', {
    tags: 'slow',
  }, async () => {
    await fill(db());
    await migrate(db());
    const queue = new Queue({ db: db(), clock: at(NOW), holder: testHolder });
    const claimed = await Promise.all(
      (['outbound', 'outcomes', 'webhooks'] as const).map(async (name) => {
        const turn = await queue.claimer(name, loadNothing)(100);
        return turn.claimed.map(({ job: { subject, ordinal, attempt, interrupted } }) => [
          subject,
          ordinal,
          attempt,
          interrupted,
        ]);
      }),
    );
    expect(claimed.map((of) => of.toSorted((a, b) => compare(String(a), String(b))))).toEqual([
      [
        [IDS.queued, 0, 1, false],
        [IDS.leased, 0, 1, true],
        ['msg_gone', 0, 1, false],
      ].toSorted((a, b) => compare(String(a), String(b))),
      [],
      [
        [IDS.leased, 1, 2, true],
        [IDS.delivered, 3, 1, true],
        [IDS.received, 1, 1, false],
        [IDS.odd, 1, 3, true],
      ].toSorted((a, b) => compare(String(a), String(b))),
    ]);
  });
});

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
