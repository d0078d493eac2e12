// @module-tag slow
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { addDay, addDays } from '#db/schema/days.ts';
import { migrate } from '#db/schema/migrate.ts';
import { type Received, receive } from '#messages/lifecycle/receive.ts';
import { at, fill, IDS, idAt, NOW } from './previous-rows.ts';
import { AFTER, expectInTheirDays, places, previousStore, rows, upgrade } from './previous-store.ts';

const db = previousStore();

describe('A store of the previous version', () => {
  test('The upgrade keeps each row of each table unchanged.', async () => {
    await fill(db());
    const before = await rows(db());
    expect(before.messages).toHaveLength(Object.keys(IDS).length);
    expect(await upgrade(db())).toEqual([AFTER[1]?.name]);
    expect(await rows(db())).toEqual(before);
  });

  test('The upgrade moves rows to the partitions of their days, and rows without a day to the default.', async () => {
    await fill(db());
    await upgrade(db());
    await expectInTheirDays(db());
    const found = new Map(await places(db(), 'messages', 'id'));
    expect(found.get(IDS.queued)).toBe('messages_20261123');
    expect(found.get(IDS.failed)).toBe('messages_20261014');
    expect(found.get(IDS.odd)).toBe('messages_default');
    // No other row is of that day.
    expect(found.get(IDS.midnight)).toBe('messages_default');
    await migrate(db());
    await addDay(db(), '2026-11-09');
    await expectInTheirDays(db());
    expect(new Map(await places(db(), 'messages', 'id')).get(IDS.midnight)).toBe('messages_20261109');
  });

  test('After the upgrade a repeated inbound message is not stored again.', { tags: 'slow' }, async () => {
    await fill(db());
    await migrate(db());
    await addDays(db(), at(NOW));
    const message = (carrierRef: string): Received => ({
      id: idAt(NOW),
      apiClientId: 'client_1',
      numberId: 'num_1',
      from: '+15550000002',
      to: '+15550000001',
      messageType: 'SMS',
      text: 'again',
      media: null,
      segments: 1,
      keyword: null,
      optOutType: null,
      carrier: 'simulator',
      carrierRef,
    });
    const [one, two, three] = [message('in-1'), message('in-2'), message('in-3')];
    expect(await receive(db(), new Date(NOW), [one, two, three])).toEqual(new Set([three.id]));
  });

  test('After the upgrade new receipts have higher ids than existing ones.', { tags: 'slow' }, async () => {
    await fill(db());
    await upgrade(db());
    const [row] = await db().query<{ id: number; before: number }>(
      `with new as (
         insert into receipts (carrier, state, raw, received_at) values ('simulator', 'DELIVERED', '', $1) returning id
       )
       select id, (select max(id) from receipts) as before from new`,
      [new Date(NOW)],
    );
    expect(row?.id).toBeGreaterThan(row?.before ?? 0);
  });

  test('An empty store is upgraded, and a second upgrade does nothing.', { tags: 'slow' }, async () => {
    expect(await upgrade(db())).toHaveLength(1);
    expect(await upgrade(db())).toEqual([]);
    expect(await db().query('select day from days', [])).toEqual([]);
  });

  test('A failed upgrade leaves the store unchanged.', async () => {
    await fill(db());
    const before = await rows(db());
    const sql = 'select 1 / 0';
    const broken = { version: 3, name: '0003_test.sql', sql, checksum: createHash('sha256').update(sql).digest('hex') };
    await expect(migrate(db(), [...AFTER, broken])).rejects.toMatchObject({ code: '22012' });
    expect(await rows(db())).toEqual(before);
    expect(await db().query('select lease_token from jobs where lease_token is not null', [])).toHaveLength(3);
    await upgrade(db());
    expect(await rows(db())).toEqual(before);
  });
});
