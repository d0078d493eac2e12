import { describe, expect, test } from 'vitest';
import { names, slots, withQueues } from '../../test/support/queue.ts';
import { DatabaseUnavailable } from '../db/db.ts';
import { newJob, OUTBOUND } from './job.ts';
import { Queue } from './queue.ts';

const { db, clock, queue, other, claim, later, make } = withQueues();

describe('Reservation of slots', () => {
  test('A reservation has as many slots as the worker of its queue, and none without a worker.', () => {
    const worker = slots(3);
    const withdraw = queue().offer('outbound', worker);
    expect(queue().reserve('outbound', 2)).toMatchObject({ count: 2 });
    expect(queue().reserve('outbound', 5)).toMatchObject({ count: 3 });
    expect(queue().reserve('webhooks', 5)).toMatchObject({ count: 0 });
    withdraw();
    expect(queue().reserve('outbound', 2)).toMatchObject({ count: 0 });
  });

  test('A reservation is empty while the process has no valid heartbeat, and does not call the worker.', () => {
    const dead = new Queue({ db: db(), clock: clock(), holder: { id: 'prc_dead', epoch: 1, alive: () => false } });
    let asked = 0;
    dead.offer('outbound', {
      reserve(count) {
        asked += 1;
        return { count, isShort: false };
      },
      overflow: () => undefined,
      begin: () => undefined,
    });
    expect(dead.reserve('outbound', 2).count).toBe(0);
    expect(asked).toBe(0);
  });

  test('A reservation creates jobs that no claim takes, and that its process may finish or postpone.', async () => {
    queue().offer('outbound', slots(2));
    const { lease, count } = queue().reserve('outbound', 3);
    expect(count).toBe(2);
    const made = ['msg_0', 'msg_1', 'msg_2'].map((subject, i) => ({ subject, lease: i < count ? lease : null }));
    await make(db(), made, queue().holderId);
    expect(await claim(10, other())).toMatchObject([{ subject: 'msg_2', attempt: 1 }]);
    expect(await claim(10)).toEqual([]);
    const [first, second] = [newJob('msg_0', OUTBOUND, lease), newJob('msg_1', OUTBOUND, lease)];
    expect(await queue().finish(db(), [first])).toEqual(names([first]));
    expect(await queue().postpone(db(), later([second], 0, true))).toEqual(names([second]));
    clock().advance(1);
    expect(await claim(10, other())).toMatchObject([{ subject: 'msg_1', attempt: 2, interrupted: false }]);
  });

  test('A reservation returns all its slots to the worker, with the jobs that were created.', () => {
    const worker = slots(3);
    queue().offer<unknown>('outbound', worker);
    const { begin, lease } = queue().reserve<unknown>('outbound', 3);
    begin([{ job: newJob('msg_0', OUTBOUND, lease), loaded: {} }]);
    queue().reserve('outbound', 2).fail(new Error('refused'));
    expect(worker.begun).toEqual([
      { jobs: ['msg_0/0'], reserved: 3 },
      { jobs: [], reserved: 2 },
    ]);
  });

  test('A reservation returns its slots to its worker even after that worker was unregistered.', () => {
    const worker = slots(3);
    const withdraw = queue().offer<unknown>('outbound', worker);
    const { fail } = queue().reserve('outbound', 3);
    withdraw();
    fail(new Error('refused'));
    expect(worker.begun).toEqual([{ jobs: [], reserved: 3 }]);
  });

  test('A reservation with a lost commit response leaves jobs that are claimed as if never leased.', async () => {
    queue().offer('outbound', slots(2));
    const { lease, fail } = queue().reserve('outbound', 2);
    await make(db(), [{ subject: 'msg_0', lease }], queue().holderId);
    fail(new DatabaseUnavailable('the answer was lost'));
    expect(await claim(10, other())).toEqual([]);
    expect(await claim(10)).toMatchObject([{ subject: 'msg_0', attempt: 1, interrupted: false }]);
  });
});
