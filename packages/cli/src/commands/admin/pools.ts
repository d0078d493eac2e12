import type { Command } from 'commander';
import type { Column } from '../../output/table.ts';
import { type RedCloud, segment } from '../../sdk.ts';
import type { Action, Session } from '../../session.ts';
import { collect, key } from '../values.ts';

const PATH = '/api/admin/pools';
const pathOf = (poolId: string) => `${PATH}/${segment('poolId', poolId)}`;

interface Pool {
  poolId: string;
  apiClientId: string;
  name: string;
  numberIds: string[];
}

const COLUMNS: Column<Pool>[] = [
  { title: 'ID', of: ({ poolId }) => poolId },
  { title: 'NAME', of: ({ name }) => name },
  { title: 'CLIENT', of: ({ apiClientId }) => apiClientId },
  { title: 'NUMBERS', of: ({ numberIds }) => numberIds.join(', ') || null },
];

export function addPools(admin: Command, action: Action): void {
  const pools = admin.command('pools').description('Manage sender pools');
  pools
    .command('list', { isDefault: true })
    .description('List pools with their numbers (default command)')
    .option('--client <clientId>', 'Only pools of this API client')
    .action(
      action(async ({ operator, out, signal }, { client }: { client?: string }) => {
        const found = await all(operator(), client, signal);
        out.list(found, COLUMNS, 'No pools. Create one with `redcloud admin pools create`.');
      }),
    );
  pools
    .command('create')
    .description('Create a pool of numbers of one API client')
    .requiredOption('--client <clientId>', 'API client that owns the numbers')
    .requiredOption('--name <name>', 'Name of the pool')
    .option('--number <numberId>', 'Number of the pool (repeatable)', collect)
    .addOption(key())
    .action(action(create));
  addMembers(pools, action, 'add', 'Add numbers. Their opt-outs are copied to the pool');
  addMembers(pools, action, 'remove', 'Remove numbers. They get copies of the opt-outs of the pool');
  pools
    .command('rename')
    .description('Rename a pool')
    .argument('<poolId>')
    .argument('<name>')
    .action(
      action(async (session, _options, poolId = '', name = '') => {
        await change(session, poolId, { name });
      }),
    );
  pools
    .command('delete')
    .description('Delete a pool. Its numbers stay with the API client, with copies of the opt-outs of the pool')
    .argument('<poolId>')
    .action(
      action(async ({ operator, out, signal }, _options, poolId = '') => {
        await operator().request({ method: 'DELETE', path: pathOf(poolId) }, { signal });
        const deleted = { poolId, deleted: true };
        out.document(deleted, deleted);
      }),
    );
}

interface CreateOptions {
  client: string;
  name: string;
  number?: string[];
  key: string;
}

async function create({ operator, out, signal }: Session, options: CreateOptions): Promise<void> {
  const { client, name, number: numberIds = [], key: idempotencyKey } = options;
  const request = { method: 'POST', path: PATH, body: { apiClientId: client, name, numberIds } } as const;
  const pool = (await operator().request(request, { signal, idempotencyKey })) as Pool;
  out.document(pool, shown(pool));
}

function addMembers(pools: Command, action: Action, verb: 'add' | 'remove', description: string): void {
  const field = verb === 'add' ? 'addNumberIds' : 'removeNumberIds';
  pools
    .command(verb)
    .description(`${description} (safe to repeat)`)
    .argument('<poolId>')
    .argument('<numberIds...>')
    .action(
      action(async (session, _options, poolId, ...numberIds) => {
        await change(session, poolId, { [field]: numberIds.flat() });
      }),
    );
}

async function change({ operator, out, signal }: Session, poolId: string, body: object): Promise<void> {
  const pool = (await operator().request({ method: 'PATCH', path: pathOf(poolId), body }, { signal })) as Pool;
  out.document(pool, shown(pool));
}

const shown = ({ numberIds, ...pool }: Pool) => ({ ...pool, numberIds: numberIds.join(', ') || null });

async function all(rc: RedCloud, apiClientId: string | undefined, signal: AbortSignal): Promise<Pool[]> {
  const found: Pool[] = [];
  let after: string | null = null;
  do {
    const query = { limit: 200, after, ...(apiClientId === undefined ? {} : { apiClientId }) };
    const { pools, nextCursor } = (await rc.request({ method: 'GET', path: PATH, query }, { signal })) as {
      pools: Pool[];
      nextCursor: string | null;
    };
    found.push(...pools);
    after = nextCursor;
  } while (after !== null);
  return found;
}
