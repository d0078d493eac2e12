import type { Command } from 'commander';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import type { RedCloud } from '../sdk.ts';
import type { Action } from '../session.ts';
import { firstOf } from './first.ts';
import { atMost } from './values.ts';

type Item<T> = T extends AsyncIterable<infer I> ? I : never;
type OptOut = Item<ReturnType<RedCloud['optOuts']['list']>>;
type Change = Item<ReturnType<RedCloud['optOuts']['history']>>;

const WHO: Column<OptOut | Change>[] = [
  { title: 'NUMBER', of: ({ numberId }) => numberId },
  { title: 'RECIPIENT', of: ({ recipient }) => recipient },
  { title: 'BY', of: ({ origin, keyword, source }) => keyword ?? source ?? origin },
  { title: 'NOTE', of: ({ note }) => note },
];

interface Filters {
  number?: string;
  recipient?: string;
  limit: number;
  all?: boolean;
}

export function addOptOuts(program: Command, action: Action): void {
  const optOuts = program.command('optouts').description('Manage opt-outs');
  withFilters(optOuts.command('list').description('List current opt-outs')).action(
    action(async ({ client, out, signal }, options: Filters) => {
      const found = client().optOuts.list(filtersOf(options), { signal });
      const columns = [{ title: 'SINCE', of: ({ createdAt }: OptOut) => moment(createdAt) }, ...WHO];
      out.list(await firstOf(found, limitOf(options)), columns, 'No opt-outs.');
    }),
  );
  withFilters(optOuts.command('history').description('List all changes of opt-outs, oldest first')).action(
    action(async ({ client, out, signal }, options: Filters) => {
      const found = client().optOuts.history(filtersOf(options), { signal });
      const when = [
        { title: 'AT', of: ({ changedAt }: Change) => moment(changedAt) },
        { title: 'CHANGE', of: ({ change }: Change) => change },
      ];
      out.list(await firstOf(found, limitOf(options)), [...when, ...WHO], 'No changes.');
    }),
  );
  optOuts
    .command('add')
    .description('Add an opt-out that was not received by text message')
    .argument('<numberId>')
    .argument('<recipient>', 'Phone number, such as +15551230000')
    .option('--source <text>', 'Source of the opt-out, such as "call centre"')
    .option('--note <text>', 'Note for the history')
    .action(
      action(
        async ({ client, out, signal }, more: { source?: string; note?: string }, numberId = '', recipient = '') => {
          const optOut = await client().optOuts.add({ numberId, recipient, ...more }, { signal });
          out.document(optOut, { ...optOut });
        },
      ),
    );
  optOuts
    .command('remove')
    .description('Remove an opt-out (requires proof of consent)')
    .argument('<numberId>')
    .argument('<recipient>')
    .action(
      action(async ({ client, out, signal }, _options, numberId = '', recipient = '') => {
        await client().optOuts.remove(numberId, recipient, { signal });
        const removed = { numberId, recipient, removed: true };
        out.document(removed, removed);
      }),
    );
}

function withFilters(command: Command): Command {
  return command
    .option('--number <numberId>', 'Only opt-outs from this number')
    .option('--recipient <e164>', 'Only opt-outs of this recipient')
    .option('--limit <count>', 'Maximum number of results', atMost(100_000), 100)
    .option('--all', 'List all results');
}

const filtersOf = ({ number, recipient }: Filters) => ({
  ...(number === undefined ? {} : { numberId: number }),
  ...(recipient === undefined ? {} : { recipient }),
});

const limitOf = ({ all, limit }: Filters) => (all ? undefined : limit);
