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
  { title: 'LAST ANSWER', of: ({ attempts }) => attempts.at(-1)?.statusCode ?? attempts.at(-1)?.error },
  { title: 'NEXT', of: ({ nextAttemptAt }) => moment(nextAttemptAt) },
];

interface SetOptions {
  delivery?: string;
  inbound?: string;
}

export function addWebhooks(program: Command, action: Action): void {
  const webhooks = program.command('webhooks').description('where events go, how they fared, and sending them again');
  webhooks
    .command('show')
    .description('where they go, and how these endpoints fare')
    .action(action(async ({ client, out, signal }) => showSettings(out, await client().webhooks.get({ signal }))));
  webhooks
    .command('set')
    .description('where they go from now on; `none` for nowhere')
    .option('--delivery <url>', 'for what becomes of your messages')
    .option('--inbound <url>', 'for messages from handsets')
    .action(action(set));
  webhooks
    .command('enable')
    .description('an endpoint that was disabled gets events again')
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
    .description('each event and each attempt to deliver it, newest first')
    .addOption(new Option('--state <state>').choices(['PENDING', 'DELIVERED', 'FAILED', 'UNSENT']))
    .option('--limit <count>', 'how many', atMost(100_000), 20)
    .option('--all', 'however many')
    .action(
      action(async ({ client, out, signal }, { state, limit, all }: DeliveriesOptions) => {
        const found = client().webhooks.deliveries(state === undefined ? {} : { state }, { signal });
        out.list(await firstOf(found, all ? undefined : limit), DELIVERIES, 'None.');
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
  if (delivery === undefined && inbound === undefined) throw new UsageError('Give --delivery, --inbound, or both');
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
    .description('have one signed test event sent, and see the answer')
    .addOption(new Option('--purpose <purpose>', 'which of the two URLs').choices(['delivery', 'inbound']))
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
    .description('a new signing secret, shown this once; both sign during the overlap')
    .option(
      '--overlap <seconds>',
      'how long both sign; 0 ends the old one at once. A day unless told otherwise',
      overlap,
    )
    .addOption(key())
    .action(
      action(async ({ client, out, signal }, options: { overlap?: number; key: string }) => {
        const how = options.overlap === undefined ? {} : { overlapSeconds: options.overlap };
        const rotated = await client().webhooks.rotateSecret(how, { signal, idempotencyKey: options.key });
        out.document(rotated, { ...rotated });
        out.note('Keep the secret now: it is not shown again.');
      }),
    );
}

/** Parses an overlap in seconds, at most one week. */
export function overlap(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= 604_800) return Number(text);
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 604800.');
}
