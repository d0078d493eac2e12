// @module-tag slow
import { beforeEach, describe, expect, test } from 'vitest';
import { addDays, DAY_MS, dayOf } from '#db/schema/days.ts';
import { dropDays } from '#maintenance/drop-days.ts';
import { expireLateParts, REF_KNOWN_MS } from '#messages/retention/expire-late-parts.ts';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';

const RETENTION_DAYS = 90;

const { db, clock, receipts, listen, queued, record, statusOf, eventsOf } = receiptsParts();

beforeEach(() => addDays(db(), clock));

const retention = () => dropDays({ db: db(), clock, days: RETENTION_DAYS }).run();

/** A message that waits for its time, with the partition of its day. */
async function scheduled(parts = 1): Promise<string> {
  const id = await queued(parts);
  await db().query(
    `insert into scheduled_jobs (queue, subject, client, lane, run_at, expires_at)
     values ('outbound', $1, 'client', 'num', now(), now())`,
    [id],
  );
  return id;
}

/** Submits the segments of a scheduled message, and delivers its webhooks. */
async function submit(id: string, refs: readonly string[], carrier = 'acme'): Promise<void> {
  for (const [i, ref] of refs.entries()) await record(id, ref, i + 1, { carrier });
  for (const table of ['scheduled_jobs', 'jobs']) await db().query(`delete from ${table} where subject = $1`, [id]);
}

/** Moves the clock until retention has dropped the current day. */
async function dropToday(): Promise<void> {
  const day = dayOf(clock.now());
  clock.advance((RETENTION_DAYS + 10) * DAY_MS);
  await addDays(db(), clock);
  await retention();
  expect(await db().query('select 1 from days where day = $1', [day])).toEqual([]);
}

/** A message that was submitted after its day was dropped. */
async function late(...refs: string[]): Promise<string> {
  const id = await scheduled(refs.length);
  await dropToday();
  await submit(id, refs);
  return id;
}

describe('Receipt of a message whose day was dropped', () => {
  test('A receipt by carrier message id delivers a message that was submitted after the drop of its day.', async () => {
    const id = await late('late-1');
    await retention();
    await receipts().take('acme', delivered('late-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A receipt by carrier message id delivers a message that was submitted shortly before the drop of its day.', async () => {
    const id = await scheduled();
    clock.advance((RETENTION_DAYS + 0.5) * DAY_MS);
    await submit(id, ['before-drop']);
    clock.advance(DAY_MS);
    expect(await retention()).toBeGreaterThan(0);
    await receipts().take('acme', delivered('before-drop'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('Another spelling of the carrier message id also finds the message.', async () => {
    listen({ alone: true });
    const id = await late('0000ABCD');
    await retention();
    await receipts().take('acme', delivered('abcd'));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('Repeated retention keeps the message with its segments, its events and its carrier message id.', async () => {
    const id = await late('twice-1', 'twice-2');
    await retention();
    await retention();
    await expireLateParts({ db: db(), clock }).run();
    const parts = await db().query('select carrier_ref as ref from message_parts where message_id = $1', [id]);
    expect(parts).toEqual([{ ref: 'twice-1' }, { ref: 'twice-2' }]);
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    for (const ref of ['twice-1', 'twice-2']) await receipts().take('acme', delivered(ref));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('Retention that was interrupted between two tables is completed by the next run.', async () => {
    const id = await scheduled();
    const day = dayOf(clock.now());
    clock.advance((RETENTION_DAYS + 10) * DAY_MS);
    await db().query('select keep_messages($1, $2)', [day, new Date(clock.now() - RETENTION_DAYS * DAY_MS)]);
    for (const table of ['message_parts', 'events']) await db().query(`select drop_partition('${table}', $1)`, [day]);
    await retention();
    await submit(id, ['interrupted']);
    await retention();
    await receipts().take('acme', delivered('interrupted'));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('Two segments get their own receipts, and one failure fails the message.', async () => {
    const [whole, broken] = [await scheduled(2), await scheduled(2)];
    await dropToday();
    await submit(whole, ['own-1', 'own-2']);
    await submit(broken, ['other-1', 'other-2']);
    await retention();
    await receipts().take('acme', delivered('own-2'));
    await receipts().take('acme', delivered('other-2'));
    expect([await statusOf(whole), await statusOf(broken)]).toEqual(['SENT', 'SENT']);
    await receipts().take('acme', delivered('own-1'));
    await receipts().take('acme', { ...delivered('other-1'), state: 'FAILED' });
    expect([await statusOf(whole), await statusOf(broken)]).toEqual(['DELIVERED', 'FAILED']);
    expect(await eventsOf(broken)).toEqual(['message.sent', 'message.failed']);
  });

  test('A receipt that arrives twice is stored twice and changes the message once.', async () => {
    const id = await late('again');
    await Promise.all([receipts().take('acme', delivered('again')), receipts().take('acme', delivered('again'))]);
    await receipts().take('acme', { ...delivered('again'), state: 'FAILED' });
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    expect(await db().query('select 1 from receipts where message_id = $1', [id])).toHaveLength(3);
  });

  test('A receipt of another carrier with the same id changes its own message only.', async () => {
    const [ours, foreign] = [await scheduled(), await scheduled()];
    await dropToday();
    await submit(ours, ['shared']);
    await receipts().take('other', delivered('shared'));
    expect(await statusOf(ours)).toBe('SENT');
    await submit(foreign, ['shared'], 'other');
    await receipts().take('other', { ...delivered('shared'), state: 'FAILED' });
    expect([await statusOf(ours), await statusOf(foreign)]).toEqual(['SENT', 'DELIVERED']);
    await receipts().take('acme', delivered('shared'));
    expect(await statusOf(ours)).toBe('DELIVERED');
  });
});

describe('End of a message whose day was dropped', () => {
  test('A message without a receipt stays for the retention period after its submit.', async () => {
    const id = await late('never');
    clock.advance((RETENTION_DAYS - 1) * DAY_MS);
    await retention();
    expect(await statusOf(id)).toBe('SENT');
    clock.advance(2 * DAY_MS);
    await retention();
    expect(await statusOf(id)).toBeUndefined();
    expect(await db().query('select 1 from message_parts where message_id = $1', [id])).toEqual([]);
  });

  test('After a week, a receipt finds the message by our reference only.', async () => {
    const id = await late('week');
    clock.advance(REF_KNOWN_MS + 1);
    await expireLateParts({ db: db(), clock }).run();
    await retention();
    await receipts().take('acme', delivered('week'));
    expect(await statusOf(id)).toBe('SENT');
    await receipts().take('acme', delivered('week', `${id}/1`));
    expect(await statusOf(id)).toBe('DELIVERED');
  });
});
