import type { Command } from 'commander';
import { UsageError } from '../../exit.ts';
import type { Column } from '../../output/table.ts';
import { type RedCloud, segment } from '../../sdk.ts';
import type { Action, Session } from '../../session.ts';

const PATH = '/api/admin/numbers';

interface AnyNumber {
  numberId: string;
  e164: string;
  apiClientId: string | null;
  status: string;
  campaignRegId: string | null;
  smsEnabled: boolean;
  mmsEnabled: boolean;
}

const COLUMNS: Column<AnyNumber>[] = [
  { title: 'ID', of: ({ numberId }) => numberId },
  { title: 'NUMBER', of: ({ e164 }) => e164 },
  { title: 'CLIENT', of: ({ apiClientId }) => apiClientId },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'SMS', of: ({ smsEnabled }) => smsEnabled },
  { title: 'MMS', of: ({ mmsEnabled }) => mmsEnabled },
  { title: 'CAMPAIGN', of: ({ campaignRegId }) => campaignRegId },
];

interface Options {
  client?: string;
  campaign?: string;
  status?: string;
  sms?: string;
  mms?: string;
}

export function addAdminNumbers(admin: Command, action: Action): void {
  const numbers = admin.command('numbers').description('Manage numbers of all clients');
  numbers
    .command('list')
    .description('List numbers')
    .action(
      action(async ({ operator, out, signal }) => {
        out.list(await all(operator(), signal), COLUMNS, 'No numbers. Add one with `redcloud admin numbers add`.');
      }),
    );
  const add = numbers.command('add').description('Add a number that a carrier assigned to you').argument('<e164>');
  settings(add).action(
    action(async ({ operator, out, signal }, options: Options, e164 = '') => {
      const body = { numbers: [{ e164, ...fieldsOf(options) }] };
      const request = { method: 'POST', path: PATH, body, isUnrepeatable: true } as const;
      const { imported } = (await operator().request(request, { signal })) as { imported: AnyNumber[] };
      const [number] = imported;
      out.document(number ?? null, { ...number });
    }),
  );
  settings(numbers.command('update').description('Change a number').argument('<numberId>')).action(action(update));
}

async function update({ operator, out, signal }: Session, options: Options, numberId = ''): Promise<void> {
  const body = fieldsOf(options);
  if (Object.keys(body).length === 0) throw new UsageError('No change was given. Set at least one option.');
  const path = `${PATH}/${segment('numberId', numberId)}`;
  const number = (await operator().request({ method: 'PATCH', path, body }, { signal })) as AnyNumber;
  out.document(number, { ...number });
}

function settings(command: Command): Command {
  return command
    .option('--client <clientId>', 'API client that owns the number (`none` unassigns the number)')
    .option('--campaign <id>', 'Registration id of the campaign (`none` clears the campaign)')
    .option('--status <status>', 'ACTIVE or INACTIVE')
    .option('--sms <yes|no>', 'Whether the number may send SMS')
    .option('--mms <yes|no>', 'Whether the number may send MMS');
}

function fieldsOf({ client, campaign, status, sms, mms }: Options) {
  return {
    ...(client === undefined ? {} : { apiClientId: client === 'none' ? null : client }),
    ...(campaign === undefined ? {} : { campaignRegId: campaign === 'none' ? null : campaign }),
    ...(status === undefined ? {} : { status }),
    ...(sms === undefined ? {} : { smsEnabled: yesOrNo('--sms', sms) }),
    ...(mms === undefined ? {} : { mmsEnabled: yesOrNo('--mms', mms) }),
  };
}

function yesOrNo(option: string, text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new UsageError(`${option} must be yes or no`);
}

async function all(rc: RedCloud, signal: AbortSignal): Promise<AnyNumber[]> {
  const found: AnyNumber[] = [];
  let after: string | null = null;
  do {
    const page = await rc.request({ method: 'GET', path: PATH, query: { after } }, { signal });
    const { numbers, nextCursor } = page as { numbers: AnyNumber[]; nextCursor: string | null };
    found.push(...numbers);
    after = nextCursor;
  } while (after !== null);
  return found;
}
