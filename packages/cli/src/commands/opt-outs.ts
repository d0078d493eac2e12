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
  const optOuts = program.command('optouts').description('who wants no more messages from which number');
  withFilters(optOuts.command('list').description('as they stand now')).action(
    action(async ({ client, out, signal }, options: Filters) => {
      const found = client().optOuts.list(filtersOf(options), { signal });
      const columns = [{ title: 'SINCE', of: ({ createdAt }: OptOut) => moment(createdAt) }, ...WHO];
      out.list(await firstOf(found, limitOf(options)), columns, 'Nobody has opted out.');
    }),
  );
  withFilters(optOuts.command('history').description('each change there ever was, the oldest first')).action(
    action(async ({ client, out, signal }, options: Filters) => {
      const found = client().optOuts.history(filtersOf(options), { signal });
      const when = [
        { title: 'AT', of: ({ changedAt }: Change) => moment(changedAt) },
        { title: 'CHANGE', of: ({ change }: Change) => change },
      ];
      out.list(await firstOf(found, limitOf(options)), [...when, ...WHO], 'Nothing has ever changed.');
    }),
  );
  optOuts
    .command('add')
    .description('what you have heard elsewhere than by text message')
    .argument('<numberId>')
    .argument('<recipient>', 'such as +15551230000')
    .option('--source <text>', 'where you have it from')
    .option('--note <text>')
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
    .description('only with consent that you can show')
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
    .option('--number <numberId>', 'only of this number')
    .option('--recipient <e164>', 'only of this recipient')
    .option('--limit <count>', 'how many', atMost(100_000), 100)
    .option('--all', 'however many');
}

const filtersOf = ({ number, recipient }: Filters) => ({
  ...(number === undefined ? {} : { numberId: number }),
  ...(recipient === undefined ? {} : { recipient }),
});

const limitOf = ({ all, limit }: Filters) => (all ? undefined : limit);
