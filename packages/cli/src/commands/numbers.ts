import type { Command } from 'commander';
import { UsageError } from '../exit.ts';
import type { Column } from '../output/table.ts';
import type { NumberUpdate, RedCloud } from '../sdk.ts';
import type { Action } from '../session.ts';
import { atMost } from './values.ts';

type PhoneNumber = Awaited<ReturnType<RedCloud['numbers']['list']>>[number];
type Group = Awaited<ReturnType<RedCloud['numbers']['search']>>[number];

const COLUMNS: Column<PhoneNumber>[] = [
  { title: 'ID', of: ({ numberId }) => numberId },
  { title: 'NUMBER', of: ({ e164 }) => e164 },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'SMS', of: ({ smsEnabled }) => smsEnabled },
  { title: 'MMS', of: ({ mmsEnabled }) => mmsEnabled },
  { title: 'CAMPAIGN', of: ({ campaignRegId }) => campaignRegId },
];

const GROUPS: Column<Group>[] = [
  { title: 'NPA', of: ({ npa }) => npa },
  { title: 'NXX', of: ({ nxx }) => nxx },
  { title: 'CITY', of: ({ city }) => city },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'COUNT', of: ({ count }) => count },
  { title: 'NUMBERS', of: ({ numbers }) => numbers.map(({ e164 }) => e164).join(' ') },
];

interface SearchOptions {
  npa?: string;
  nxx?: string;
  city?: string;
  state?: string;
  zip?: string;
  rateCenter?: string;
  limit?: number;
}

interface UpdateOptions {
  campaign?: string;
  deliveryWebhook?: string;
  inboundWebhook?: string;
}

export function addNumbers(program: Command, action: Action): void {
  const numbers = program.command('numbers').description('Manage numbers and search inventory');
  numbers
    .command('list')
    .description('List your numbers')
    .action(
      action(async ({ client, out, signal }) => {
        out.list(await client().numbers.list({ signal }), COLUMNS, 'No numbers. Ask your operator to assign one.');
      }),
    );
  numbers
    .command('search')
    .description('Search available numbers by location (requires at least one filter)')
    .option('--npa <code>', 'Area code')
    .option('--nxx <code>', 'Exchange code')
    .option('--city <name>', 'City')
    .option('--state <code>', 'State, such as OR')
    .option('--zip <code>', 'ZIP code')
    .option('--rate-center <name>', 'Rate center')
    .option('--limit <count>', 'Maximum number of phone numbers', atMost(500))
    .action(
      action(async ({ client, out, signal }, { zip, ...filters }: SearchOptions) => {
        const search = { ...filters, ...(zip === undefined ? {} : { zipCode: zip }) };
        out.list(await client().numbers.search(search, { signal }), GROUPS, 'No numbers found.');
      }),
    );
  numbers
    .command('update')
    .description('Change settings of a number (`none` clears a setting)')
    .argument('<numberId>')
    .option('--campaign <id>', 'Registration id of the campaign')
    .option('--delivery-webhook <url>', 'URL for delivery events of this number')
    .option('--inbound-webhook <url>', 'URL for inbound messages of this number')
    .action(
      action(async ({ client, out, signal }, options: UpdateOptions, numberId = '') => {
        const number = await client().numbers.update(numberId, changeOf(options), { signal });
        out.document(number, { ...number });
      }),
    );
}

function changeOf({ campaign, deliveryWebhook, inboundWebhook }: UpdateOptions): NumberUpdate {
  const change: NumberUpdate = {
    ...(campaign === undefined ? {} : { campaignregId: orNull(campaign) }),
    ...(deliveryWebhook === undefined ? {} : { webhookDeliveryOverride: orNull(deliveryWebhook) }),
    ...(inboundWebhook === undefined ? {} : { webhookInboundOverride: orNull(inboundWebhook) }),
  };
  if (Object.keys(change).length === 0) throw new UsageError('No change was given. Set at least one option.');
  return change;
}

const orNull = (value: string) => (value === 'none' ? null : value);
