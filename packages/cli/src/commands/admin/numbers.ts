import type { Command } from 'commander';
import { UsageError } from '../../exit.ts';
import type { Column } from '../../output/table.ts';
import { type RedCloud, segment } from '../../sdk.ts';
import type { Action, Session } from '../../session.ts';
import { list, yesOrNo } from '../values.ts';

const PATH = '/api/admin/numbers';

interface AnyNumber {
  numberId: string;
  e164: string;
  apiClientId: string | null;
  status: string;
  campaignRegId: string | null;
  smsEnabled: boolean;
  mmsEnabled: boolean;
  carrier: string | null;
  carriers: string[] | null;
  allowedCountries: string[] | null;
}

const COLUMNS: Column<AnyNumber>[] = [
  { title: 'ID', of: ({ numberId }) => numberId },
  { title: 'NUMBER', of: ({ e164 }) => e164 },
  { title: 'CLIENT', of: ({ apiClientId }) => apiClientId },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'SMS', of: ({ smsEnabled }) => smsEnabled },
  { title: 'MMS', of: ({ mmsEnabled }) => mmsEnabled },
  { title: 'CAMPAIGN', of: ({ campaignRegId }) => campaignRegId },
  { title: 'CARRIERS', of: ({ carrier, carriers }) => carriers?.join(', ') ?? carrier },
  { title: 'COUNTRIES', of: ({ allowedCountries }) => allowedCountries?.join(', ') },
];

interface Options {
  client?: string;
  campaign?: string;
  status?: string;
  sms?: boolean;
  mms?: boolean;
  carrier?: string;
  carriers?: string[] | 'none';
  allowedCountries?: string[] | 'none';
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
    .option('--sms <yes|no>', 'Whether the number may send SMS', yesOrNo)
    .option('--mms <yes|no>', 'Whether the number may send MMS', yesOrNo)
    .option('--carrier <name>', 'Carrier of the number without a matching route (`none` selects the default carrier)')
    .option('--carriers <names>', 'Carriers that may send its messages, such as a,b (`none` permits all)', listOrNone)
    .option(
      '--allowed-countries <codes>',
      'Country codes to which it may send, such as 1,44 (`none` permits all)',
      codes,
    );
}

/** commander replaces a parsed null, so that `none` stays a text here. */
const listOrNone = (text: string) => (text === 'none' ? text : list(text));

/** Accepts `+44` as well as `44`. */
const codes = (text: string) => (text === 'none' ? text : list(text).map((code) => code.replace(/^\+/, '')));

const nullIfNone = <T>(value: T | 'none'): T | null => (value === 'none' ? null : value);

function fieldsOf({ client, campaign, status, sms, mms, carrier, carriers, allowedCountries }: Options) {
  return {
    ...(client === undefined ? {} : { apiClientId: nullIfNone(client) }),
    ...(campaign === undefined ? {} : { campaignRegId: nullIfNone(campaign) }),
    ...(status === undefined ? {} : { status }),
    ...(sms === undefined ? {} : { smsEnabled: sms }),
    ...(mms === undefined ? {} : { mmsEnabled: mms }),
    ...(carrier === undefined ? {} : { carrier: nullIfNone(carrier) }),
    ...(carriers === undefined ? {} : { carriers: nullIfNone(carriers) }),
    ...(allowedCountries === undefined ? {} : { allowedCountries: nullIfNone(allowedCountries) }),
  };
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
