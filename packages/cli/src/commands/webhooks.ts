import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, UsageError } from '../exit.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import type { Delivery, RedCloud } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { firstOf } from './first.ts';
import { addListen } from './listen.ts';
import { addReplays } from './replays.ts';
import { atMost, key } from './values.ts';

type Settings = Awaited<ReturnType<RedCloud['webhooks']['get']>>;

const DELIVERIES: Column<Delivery>[] = [
  { title: 'AT', of: ({ occurredAt }) => moment(occurredAt) },
  { title: 'EVENT', of: ({ eventId }) => eventId },
  { title: 'TYPE', of: ({ type }) => type },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'ATTEMPTS', of: ({ attempts }) => attempts.length },
  { title: 'LAST RESPONSE', of: ({ attempts }) => attempts.at(-1)?.statusCode ?? attempts.at(-1)?.error },
  { title: 'NEXT', of: ({ nextAttemptAt }) => moment(nextAttemptAt) },
];

interface SetOptions {
  delivery?: string;
  inbound?: string;
}

export function addWebhooks(program: Command, action: Action): void {
  const webhooks = program.command('webhooks').description('Manage webhooks, deliveries and replays');
  webhooks
    .command('show')
    .description('Show webhook URLs and the status of their endpoints')
    .action(action(async ({ client, out, signal }) => showSettings(out, await client().webhooks.get({ signal }))));
  webhooks
    .command('set')
    .description('Set webhook URLs (`none` removes a URL)')
    .option('--delivery <url>', 'URL for status changes of your messages')
    .option('--inbound <url>', 'URL for inbound messages')
    .action(action(set));
  webhooks
    .command('enable')
    .description('Enable a disabled endpoint')
    .argument('<url>')
    .action(
      action(async ({ client, out, signal }, _options, url = '') => {
        showSettings(out, await client().webhooks.enable(url, { signal }));
      }),
    );
  addTest(webhooks, action);
  addSecret(webhooks, action);
  webhooks
    .command('deliveries')
    .description('List events with their delivery attempts, newest first')
    .addOption(new Option('--state <state>', 'Only this state').choices(['PENDING', 'DELIVERED', 'FAILED', 'UNSENT']))
    .option('--limit <count>', 'Maximum number of deliveries', atMost(100_000), 20)
    .option('--all', 'List all deliveries')
    .action(
      action(async ({ client, out, signal }, { state, limit, all }: DeliveriesOptions) => {
        const found = client().webhooks.deliveries(state === undefined ? {} : { state }, { signal });
        out.list(await firstOf(found, all ? undefined : limit), DELIVERIES, 'No deliveries.');
      }),
    );
  addReplays(webhooks, action);
  addListen(webhooks, action);
}

interface DeliveriesOptions {
  state?: Delivery['state'];
  limit: number;
  all?: boolean;
}

async function set({ client, out, signal }: Session, { delivery, inbound }: SetOptions): Promise<void> {
  if (delivery === undefined && inbound === undefined)
    throw new UsageError('Webhook URL is missing. Set --delivery, --inbound or both.');
  const change = {
    ...(delivery === undefined ? {} : { deliveryUrl: orNull(delivery) }),
    ...(inbound === undefined ? {} : { inboundUrl: orNull(inbound) }),
  };
  showSettings(out, await client().webhooks.update(change, { signal }));
}

const orNull = (url: string) => (url === 'none' ? null : url);

function showSettings(out: Output, settings: Settings): void {
  out.document(settings, { delivery: settings.deliveryUrl, inbound: settings.inboundUrl });
  out.section(
    'Endpoints',
    [
      { title: 'URL', of: ({ url }) => url },
      { title: 'LAST SUCCESS', of: ({ succeededAt }) => moment(succeededAt) },
      { title: 'FAILURES', of: ({ failures }) => failures },
      { title: 'DISABLED', of: ({ disabledAt, disabledBecause }) => (disabledAt ? disabledBecause : 'no') },
    ],
    settings.endpoints,
  );
}

function addTest(webhooks: Command, action: Action): void {
  webhooks
    .command('test')
    .description('Send a signed test event and show the response')
    .addOption(new Option('--purpose <purpose>', 'URL to test (default: delivery)').choices(['delivery', 'inbound']))
    .action(
      action(async ({ client, out, signal }, which: { purpose?: 'delivery' | 'inbound' }) => {
        const result = await client().webhooks.test(which, { signal });
        out.document(result, { ...result });
        return result.delivered ? EXIT.ok : EXIT.rejected;
      }),
    );
}

function addSecret(webhooks: Command, action: Action): void {
  webhooks
    .command('rotate-secret')
    .description('Create a signing secret, shown only once (both secrets sign during the overlap)')
    .option(
      '--overlap <seconds>',
      'Seconds in which both secrets sign, or 0 to revoke the previous secret at once (default: 1 day)',
      overlap,
    )
    .addOption(key())
    .action(
      action(async ({ client, out, signal }, options: { overlap?: number; key: string }) => {
        const how = options.overlap === undefined ? {} : { overlapSeconds: options.overlap };
        const rotated = await client().webhooks.rotateSecret(how, { signal, idempotencyKey: options.key });
        out.document(rotated, { ...rotated });
        out.note('Store the secret now, because it is not shown again.');
      }),
    );
}

/** Parses an overlap in seconds, at most one week. */
export function overlap(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= 604_800) return Number(text);
  throw new InvalidArgumentError('Use a whole number of seconds from 0 to 604800.');
}
