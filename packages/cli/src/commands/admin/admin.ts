import type { Command } from 'commander';
import { type RedCloud, segment } from '../../sdk.ts';
import type { Action } from '../../session.ts';
import { showMessage } from '../messages.ts';
import { addAccounts } from './accounts.ts';
import { addCarriers, addRoute } from './carriers.ts';
import { addClients } from './clients.ts';
import { addHold } from './hold.ts';
import { addAdminNumbers } from './numbers.ts';
import { addAdminOptOuts } from './opt-outs.ts';
import { addOverview } from './overview.ts';
import { addPools } from './pools.ts';

export function addAdmin(program: Command, action: Action): void {
  const admin = program.command('admin').description('Operator commands (require RC_ADMIN_TOKEN)');
  addAccounts(admin, action);
  addClients(admin, action);
  addAdminNumbers(admin, action);
  addAdminOptOuts(admin, action);
  addOverview(admin, action);
  addCarriers(admin, action);
  addRoute(admin, action);
  addPools(admin, action);
  addHold(admin, action);
  admin
    .command('message')
    .description('Show a message of any client, with its receipts')
    .argument('<messageId>')
    .action(
      action(async ({ operator, out, signal }, _options, messageId = '') => {
        const path = `/api/admin/messages/${segment('messageId', messageId)}`;
        const message = await operator().request({ method: 'GET', path }, { signal });
        showMessage(out, message as Awaited<ReturnType<RedCloud['messages']['get']>>);
      }),
    );
}
