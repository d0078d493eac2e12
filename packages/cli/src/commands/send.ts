import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { sendCampaign } from '../campaign/campaign.ts';
import { type Guarantee, type Media, paramsOf } from '../campaign/message.ts';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import { readInput } from '../input.ts';
import { noteKey } from '../output/output-error.ts';
import type { Column } from '../output/table.ts';
import type { SendResult } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { atMost, collect } from './values.ts';

interface SendOptions {
  from: string;
  to?: string[];
  text?: string;
  media?: Media[];
  reference?: string;
  key?: string;
  guarantee?: Guarantee;
  file?: string;
  campaign?: string;
  results?: string;
  delimiter?: string;
  concurrency?: number;
}

/** Options that require --file. Without it they are rejected, because they would have no effect. */
const OF_FILE = ['campaign', 'results', 'delimiter', 'concurrency'] as const;

export function addSend(program: Command, action: Action): void {
  program
    .command('send')
    .description('Send a message to one or more recipients, or to each row of a file')
    .requiredOption('--from <numberId>', 'Id of the sending number, such as num_abc123 (see `redcloud numbers list`)')
    .option('--to <e164>', 'Recipient, such as +15551234567 (repeatable)', collect)
    .option('--text <text>', 'Text, or `-` for standard input (with --file, {name} inserts the column `name`)')
    .option(
      '--media <fields>',
      'Media of an MMS: storageKey=…,mimeType=…,byteLength=…[,sourceUrl=…][,fileName=…] (repeatable)',
      medium,
    )
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
    .action(action(send));
}

async function send(session: Session, options: SendOptions): Promise<Exit> {
  const { file, to, key, media } = options;
  const idle = file === undefined ? OF_FILE.find((name) => options[name] !== undefined) : undefined;
  if (idle) throw new UsageError(`--${idle} requires --file`);
  if (file !== undefined && (to ?? key) !== undefined)
    throw new UsageError('--to and --key cannot be used with --file');
  const text = await textFrom(session, options.text);
  // The server accepts an empty text with media, and rejects an empty text alone. With --file, it does so for each row.
  if (!text && !media) throw new UsageError('Text or media is missing. Set --text or --media.');
  if (file === undefined) return sendOnce(session, options, text);
  return sendCampaign(session, { campaign: '', delimiter: ',', concurrency: 16, ...options, file, text });
}

async function textFrom(session: Session, text: string | undefined): Promise<string | undefined> {
  return text === '-' ? (await readInput(session)).replace(/\r?\n$/, '') : text;
}

async function sendOnce(session: Session, options: SendOptions, text: string | undefined): Promise<Exit> {
  const { client, out, signal } = session;
  const { from: sendFrom, to = [], media, reference, guarantee, key } = options;
  if (to.length === 0) throw new UsageError('Recipient is missing. Set --to +15551234567 or --file recipients.csv.');
  const params = paramsOf({ sendFrom, to, text, media, reference, guarantee });
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

const MEDIA_FIELDS = ['storageKey', 'mimeType', 'byteLength', 'sourceUrl', 'fileName'];

function medium(text: string, before: Media[] = []): Media[] {
  const pairs = text.split(',').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [name.trim(), value.join('=')] as const;
  });
  const unknown = pairs.find(([name]) => !MEDIA_FIELDS.includes(name));
  if (unknown) throw new InvalidArgumentError(`Allowed fields: ${MEDIA_FIELDS.join(', ')}.`);
  const { storageKey, mimeType, byteLength, sourceUrl, fileName } = Object.fromEntries(pairs);
  if (!storageKey || !mimeType || !byteLength || !/^\d+$/.test(byteLength)) {
    throw new InvalidArgumentError('storageKey, mimeType and byteLength (a number) are required.');
  }
  const more = { ...(sourceUrl === undefined ? {} : { sourceUrl }), ...(fileName === undefined ? {} : { fileName }) };
  return [...before, { storageKey, mimeType, byteLength: Number(byteLength), ...more }];
}
