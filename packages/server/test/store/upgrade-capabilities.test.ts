import { expect, test } from 'vitest';
import { migrate, readMigrations } from '#db/schema/migrate.ts';
import { insert, NOW } from './previous-rows.ts';
import { previousStore } from './previous-store.ts';

const db = previousStore();

test('The migration of messages:send grants it to each existing client, also without capabilities.', async () => {
  const upTo = (last: number) => readMigrations().filter(({ version }) => version <= last);
  await migrate(db(), upTo(13));
  const at = new Date(NOW);
  await insert(db(), 'accounts', { id: 'acc_1', name: 'Account', status: 'ACTIVE', created_at: at, updated_at: at });
  const clients = { none: [], some: ['numbers:read'], suspended: ['messages:read'], already: ['messages:send'] };
  for (const [id, capabilities] of Object.entries(clients)) {
    const status = id === 'suspended' ? 'SUSPENDED' : 'ACTIVE';
    const rest = { account_id: 'acc_1', name: id, webhook_secret_sealed: 'sealed', created_at: at, updated_at: at };
    await insert(db(), 'api_clients', { id, status, capabilities, ...rest });
  }
  await migrate(db(), upTo(14));
  const rows = await db().query<{ id: string; capabilities: string[] }>('select id, capabilities from api_clients', []);
  expect(Object.fromEntries(rows.map(({ id, capabilities }) => [id, capabilities]))).toEqual({
    none: ['messages:send'],
    some: ['numbers:read', 'messages:send'],
    suspended: ['messages:read', 'messages:send'],
    already: ['messages:send'],
  });
});
