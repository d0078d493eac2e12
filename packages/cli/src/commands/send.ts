import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { sendCampaign } from '../campaign/campaign.ts';
import { dryRunOf, dryRunOfFile } from '../campaign/dry-run.ts';
import { type Guarantee, paramsOf } from '../campaign/message.ts';
import { type Price, readPrice } from '../campaign/price.ts';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import { readInput } from '../input.ts';
import { noteKey } from '../output/output-error.ts';
import type { Column } from '../output/table.ts';
import { addScheduleOptions } from '../schedule/options.ts';
import { type ScheduleOptions, scheduleOf } from '../schedule/schedule.ts';
import type { MediaInput, SendResult } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { rateOption } from './bulk.ts';
import { mediaOption } from './media-option.ts';
import { atMost, collect } from './values.ts';

interface SendOptions extends ScheduleOptions {
  from: string;
  to?: string[];
  text?: string;
  media?: MediaInput[];
  reference?: string;
  key?: string;
  guarantee?: Guarantee;
  file?: string;
  campaign?: string;
  results?: string;
  delimiter?: string;
  concurrency?: number;
  rate?: number;
  dryRun?: true;
  price?: Price;
}

/** Options that require --file. Without it they are rejected, because they would have no effect. */
const OF_FILE = ['campaign', 'results', 'delimiter', 'concurrency', 'rate'] as const;

export function addSend(program: Command, action: Action): void {
  addScheduleOptions(program.command('send'))
    .description('Send a message to one or more recipients, or to each row of a file')
    .requiredOption('--from <id>', 'Id of the sending number or pool, such as num_abc123 (see `redcloud numbers list`)')
    .option('--to <e164>', 'Recipient, such as +15551234567 (repeatable)', collect)
    .option('--text <text>', 'Text, or `-` for standard input (with --file, {name} inserts the column `name`)')
    .addOption(mediaOption())
    .option('--reference <text>', 'Your own reference (with --file, {name} inserts the column `name`)')
    .option('--key <key>', 'Idempotency key (the same command with the same key sends only once)')
    .addOption(
      new Option('--guarantee <which>', 'AT_LEAST_ONCE submits again if there is no response').choices([
        'AT_MOST_ONCE',
        'AT_LEAST_ONCE',
      ]),
    )
    .option('--file <csv>', 'CSV file with a column `to`, with one message per row')
    .option('--campaign <name>', 'With --file: name of the campaign (another name sends the same rows again)')
    .option('--results <path>', 'With --file: results file (default: <csv>.results.ndjson)')
    .option('--delimiter <character>', 'With --file: column separator (default: `,`)', delimiter)
    .option('--concurrency <count>', 'With --file: number of concurrent requests (default: 16)', atMost(64))
    .addOption(rateOption('With --file: steady pace of the requests, such as 600/min, 10/s or 1000/h'))
    .option('--dry-run', 'Show segments, rejected rows, cost and times. Stores and sends nothing')
    .addOption(
      new Option('--price <price>', 'With --dry-run: price of a segment, such as 0.0075 or "USD 0.0075"')
        .env('RC_PRICE_PER_SEGMENT')
        .argParser(readPrice),
    )
    .action(action(send));
}

async function send(session: Session, options: SendOptions): Promise<Exit> {
  const { file, to, key, media } = options;
  const idle = file === undefined ? OF_FILE.find((name) => options[name] !== undefined) : undefined;
  if (idle) throw new UsageError(`--${idle} requires --file`);
  if (file !== undefined && (to ?? key) !== undefined)
    throw new UsageError('--to and --key cannot be used with --file');
  if (file !== undefined && options.maxPerMinute !== undefined)
    throw new UsageError('--max-per-minute applies to the recipients of one request. Use --rate with --file.');
  const text = await textFrom(session, options.text);
  // The server accepts an empty text with media, and rejects an empty text alone. With --file, it does so for each row.
  if (!text && !media) throw new UsageError('Text or media is missing. Set --text or --media.');
  if (file === undefined) return sendOnce(session, options, text);
  const campaign = { campaign: '', delimiter: ',', concurrency: 16, ...options, file, text };
  return options.dryRun ? dryRunOfFile(session, campaign) : sendCampaign(session, campaign);
}

async function textFrom(session: Session, text: string | undefined): Promise<string | undefined> {
  return text === '-' ? (await readInput(session)).replace(/\r?\n$/, '') : text;
}

async function sendOnce(session: Session, options: SendOptions, text: string | undefined): Promise<Exit> {
  const { client, out, signal } = session;
  const { from: sendFrom, to = [], media, reference, guarantee, key } = options;
  if (to.length === 0) throw new UsageError('Recipient is missing. Set --to +15551234567 or --file recipients.csv.');
  const schedule = scheduleOf(options, session.terminal.now());
  const params = { ...paramsOf({ sendFrom, to, text, media, reference, guarantee }), ...schedule };
  if (options.dryRun) return dryRunOf(session, params, options.price);
  // Created here, so that the key can be printed after any error.
  const idempotencyKey = key ?? randomUUID();
  noteKey(idempotencyKey);
  const result = await client().messages.send(params, { idempotencyKey, signal });
  show(out, result);
  return result.rejected.length === 0 ? EXIT.ok : EXIT.rejected;
}

interface Row {
  to: string;
  outcome: string;
  detail: string;
}

const COLUMNS: Column<Row>[] = [
  { title: 'TO', of: ({ to }) => to },
  { title: 'OUTCOME', of: ({ outcome }) => outcome },
  { title: '', of: ({ detail }) => detail },
];

function show(out: Session['out'], result: SendResult): void {
  const rows = [
    ...result.accepted.map(({ to, status, messageId }) => ({ to, outcome: status as string, detail: messageId })),
    ...result.rejected.map(({ to, error }) => ({ to, outcome: error.code, detail: error.message })),
  ];
  if (out.isJson) {
    out.document(result, {});
    return;
  }
  out.list(rows, COLUMNS, '');
  const again = result.replayed ? ' (already sent with this key, nothing was sent now)' : '';
  out.note(out.paint('dim', `key ${result.idempotencyKey}${again}`));
}

function delimiter(text: string): string {
  if (/^[^"\r\n]$/u.test(text)) return text;
  throw new InvalidArgumentError('Use one character other than a quote or a line break.');
}
