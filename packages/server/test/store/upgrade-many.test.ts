import { describe, expect, test } from 'vitest';
import { event, idAt, insert, job, NOW, outbound } from './previous-rows.ts';
import { expectInTheirDays, jobs, previousStore, rows, upgrade } from './previous-store.ts';

const db = previousStore();

describe('A store with many messages', { tags: 'slow' }, () => {
  const MESSAGES = 3_000;
  const OVER_DAYS = 45;

  /** Inserts messages of several days and around midnights, each with a segment, two events and a job. */
  async function fillMany(days: number): Promise<void> {
    const messages = Array.from({ length: MESSAGES }, (_, i) => {
      const ms = NOW - ((i * 7919) % (days * 24 * 60)) * 60_000;
      return outbound({ id: idAt(ms), created_at: new Date(ms), api_client_id: `client_${i % 7}` });
    });
    await insert(db(), 'messages', ...messages);
    await insert(
      db(),
      'message_parts',
      ...messages.map(({ id, created_at }) => ({
        message_id: id,
        part: 1,
        state: 'SENT',
        carrier: 'simulator',
        carrier_ref: `ref ${id}`,
        submitted_at: created_at,
      })),
    );
    await insert(
      db(),
      'events',
      ...messages.flatMap(({ id }) => [event(id, 1, 'message.queued', 'QUEUED'), event(id, 2, 'message.sent', 'SENT')]),
    );
    await insert(db(), 'jobs', ...messages.map(({ id }, i) => job('webhooks', id, { ordinal: 2, attempt: i % 4 })));
  }

  test('The upgrade keeps all messages, each in the partition of its day.', async () => {
    await fillMany(OVER_DAYS);
    const before = await rows(db());
    await upgrade(db());
    expect(await rows(db())).toEqual(before);
    await expectInTheirDays(db());
    expect(await db().query('select 1 from messages_default', [])).toEqual([]);
    expect(await db().query<{ n: number }>('select count(*)::int as n from days', [])).toEqual([{ n: OVER_DAYS + 1 }]);
    expect(await db().query<{ n: number }>('select count(distinct client)::int as n from jobs', [])).toEqual([
      { n: 7 },
    ]);
    expect(await jobs(db())).toHaveLength(MESSAGES);
    // On a slow machine, the partitions of 45 days with their indexes take half a minute.
  }, 120_000);
});
