import { beforeAll, expect, test, vi } from 'vitest';
import { createTestClient, type TestClient } from '../../test/support/clients.ts';
import { TestClock } from '../../test/support/clock.ts';
import { ownStore } from '../../test/support/own-store.ts';
import { createIds } from '../platform/ids.ts';

const db = ownStore();
let made: TestClient;

beforeAll(async () => {
  const clock = new TestClock();
  made = await createTestClient({ db: db(), ids: createIds(clock), clock }, 'Client');
});

/** Number of statements that `work` runs. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(db(), 'query');
  await work();
  const { length } = query.mock.calls;
  query.mockRestore();
  return length;
}

const wrong = (count: number, secret: (i: number) => string, id = made.client.id) =>
  Promise.all(Array.from({ length: count }, (_, i) => made.clientSecrets.authenticate(id, secret(i))));

test('The check of a secret distinguishes right, wrong and suspended.', async () => {
  const { client, clientSecret, apiClients, clientSecrets } = made;
  expect(await clientSecrets.authenticate(client.id, clientSecret)).toBe('right');
  expect(await clientSecrets.authenticate(client.id, `${clientSecret}x`)).toBe('wrong');
  expect(await clientSecrets.authenticate('client_nobody', clientSecret)).toBe('wrong');

  const { clientSecret: second, id: secondId } = await clientSecrets.add(client.id);
  expect(await clientSecrets.authenticate(client.id, second)).toBe('right');
  await clientSecrets.delete(client.id, secondId);
  expect(await clientSecrets.authenticate(client.id, second)).toBe('wrong');

  await apiClients.update(client.id, { status: 'SUSPENDED' });
  expect(await clientSecrets.authenticate(client.id, clientSecret)).toBe('suspended');
  expect(await clientSecrets.authenticate(client.id, 'rc_secret_wrong')).toBe('wrong');
  await apiClients.update(client.id, { status: 'ACTIVE' });
});

test('400 concurrent wrong secrets take at most two statements, and malformed ones take none.', async () => {
  expect(await statements(() => wrong(400, (i) => `rc_secret_wrong${i}`))).toBeLessThanOrEqual(2);
  const impossible = [
    '',
    'x',
    'rc_secret_',
    'rc_secret_\0',
    'rc_secret_é',
    `rc_secret_${'x'.repeat(1000)}`,
    ' rc_secret_x',
  ];
  expect(await statements(() => wrong(impossible.length, (i) => impossible[i] as string))).toBe(0);
  for (const id of ['', 'client_\0', 'é', 'x'.repeat(256)])
    expect(await statements(() => wrong(1, () => made.clientSecret, id))).toBe(0);
});
