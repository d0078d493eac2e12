import { type Command, Option } from 'commander';
import type { Bulk } from '../bulk/bulk.ts';
import { cancelBulk } from '../bulk/cancel.ts';
import { type BulkStatus, statusOf } from '../bulk/counts.ts';
import { allBulks, type BulkDirectory, findBulk } from '../bulk/directory.ts';
import { readRate } from '../bulk/pace.ts';
import { type ResumeOptions, resumeBulk } from '../bulk/resume.ts';
import { stopped } from '../bulk/wait.ts';
import { UsageError } from '../exit.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import { atOption, expiresOption } from '../schedule/options.ts';
import type { Action, Session } from '../session.ts';

const COLUMNS: Column<BulkStatus>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'CREATED', of: ({ createdAt }) => moment(createdAt) },
  { title: 'STATE', of: ({ state, reason }) => (state === 'paused' && reason ? `${state} (${reason})` : state) },
  { title: 'ROWS', of: ({ rows }) => rows },
  { title: 'SENT', of: ({ sent }) => sent },
  { title: 'REJECTED', of: ({ rejected }) => rejected },
  { title: 'CANCELED', of: ({ canceled }) => canceled },
  { title: 'LEFT', of: ({ left }) => left },
  { title: 'PROCESS', of: ({ pid, alive }) => (pid === null ? null : `${pid}${alive ? '' : ' (ended)'}`) },
  { title: 'CAMPAIGN', of: ({ campaign }) => campaign || null },
  { title: 'FILE', of: ({ file }) => file },
];

export const rateOption = (description: string): Option => new Option('--rate <rate>', description).argParser(readRate);

export function addBulk(program: Command, action: Action): void {
  const bulk = program.command('bulk').description('Manage the sends to files (`send --file`) of this machine');
  bulk
    .command('list', { isDefault: true })
    .description('List bulk sends, newest first (default command)')
    .action(
      action(async ({ out, terminal }) => {
        const all = allBulks(terminal.env).map((one) => statusOf(one.bulk, one.directory));
        out.list(await Promise.all(all), COLUMNS, 'No bulk sends. `redcloud send --file` begins one.');
      }),
    );
  bulk
    .command('pause')
    .description('Stop the process of a bulk send after the rows in progress')
    .argument('<bulkId>')
    .action(action((session, _options, bulkId = '') => pause(session, bulkId)));
  bulk
    .command('resume')
    .description('Continue a bulk send with the same options')
    .argument('<bulkId>')
    .addOption(atOption('Another time of the submit, for the rows that were not accepted yet'))
    .addOption(expiresOption())
    .addOption(rateOption('Another rate'))
    .action(action((session, options: ResumeOptions, bulkId = '') => resumeBulk(session, bulkId, options)));
  bulk
    .command('cancel')
    .description('Stop a bulk send and cancel its messages (safe to repeat)')
    .argument('<bulkId>')
    .action(action((session, _options, bulkId = '') => cancelBulk(session, bulkId)));
}

async function pause({ out, terminal, signal }: Session, id: string): Promise<void> {
  const { bulk, directory } = findBulk(terminal.env, id);
  mustBePausable(bulk, directory);
  directory.request('pause');
  await stopped(directory, signal);
  const status = await statusOf(directory.read() ?? bulk, directory);
  out.document(status, { ...status, createdAt: moment(status.createdAt) });
  if (status.state === 'paused') out.note(`Continue with \`redcloud bulk resume ${id}\`.`);
}

function mustBePausable({ id, state }: Bulk, directory: BulkDirectory): void {
  const over = directory.requested() === 'cancel' ? 'canceled' : state;
  if (over === 'done' || over === 'canceled')
    throw new UsageError(`Bulk send ${id} is ${over}`, 'Nothing was changed.');
}
