import type { Command } from 'commander';
import type { Column } from '../../output/table.ts';
import { moment } from '../../output/text.ts';
import { segment } from '../../sdk.ts';
import type { Action } from '../../session.ts';
import { key } from '../values.ts';

const PATH = '/api/admin/accounts';

interface Account {
  id: string;
  name: string;
  status: string;
  createdAt: string;
}

const COLUMNS: Column<Account>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', of: ({ name }) => name },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'CREATED', of: ({ createdAt }) => moment(createdAt) },
];

export function addAccounts(admin: Command, action: Action): void {
  const accounts = admin.command('accounts').description('Manage accounts');
  accounts
    .command('list')
    .description('List accounts')
    .action(
      action(async ({ operator, out, signal }) => {
        const found = (await operator().request({ method: 'GET', path: PATH }, { signal })) as { accounts: Account[] };
        out.list(found.accounts, COLUMNS, 'No accounts. Create one with `redcloud admin accounts create`.');
      }),
    );
  accounts
    .command('create')
    .description('Create an account')
    .requiredOption('--name <name>', 'Name of the account')
    .addOption(key())
    .action(
      action(async ({ operator, out, signal }, { name, key: idempotencyKey }: { name: string; key: string }) => {
        const request = { method: 'POST', path: PATH, body: { name } } as const;
        const account = (await operator().request(request, { signal, idempotencyKey })) as Account;
        out.document(account, { ...account });
      }),
    );
  for (const [verb, status] of [
    ['suspend', 'SUSPENDED'],
    ['activate', 'ACTIVE'],
  ] as const) {
    accounts
      .command(verb)
      .description(status === 'ACTIVE' ? 'Activate an account' : 'Suspend an account and its API clients immediately')
      .argument('<accountId>')
      .action(
        action(async ({ operator, out, signal }, _options, accountId = '') => {
          const path = `${PATH}/${segment('accountId', accountId)}`;
          const account = (await operator().request(
            { method: 'PATCH', path, body: { status } },
            { signal },
          )) as Account;
          out.document(account, { ...account });
        }),
      );
  }
}
