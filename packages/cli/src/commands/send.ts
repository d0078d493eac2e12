import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { sendCampaign } from '../campaign/campaign.ts';
import { type Guarantee, type Media, paramsOf } from '../campaign/message.ts';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import { readInput } from '../input.ts';
import { rememberKey } from '../output/lost.ts';
import type { Column } from '../output/table.ts';
import type { SendResult } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { atMost, gathered } from './values.ts';

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
    .description('queue a message to one, to several, or to everybody in a file')
    .requiredOption('--from <numberId>', 'such as num_abc123: `redcloud numbers list`')
    .option('--to <e164>', 'such as +15551234567; as often as there are recipients', gathered)
    .option('--text <text>', '`-` reads it from standard input; with --file, {name} is the column of that name')
    .option(
      '--media <fields>',
      'storageKey=…,mimeType=…,byteLength=…[,sourceUrl=…]; makes it an MMS; may be repeated',
      medium,
    )
    .option('--reference <text>', 'your own reference; with --file, {name} as in --text')
    .option('--key <key>', 'idempotency key: the same command with the same key sends nothing twice')
    .addOption(
      new Option('--guarantee <which>', 'what becomes of a message whose hand-over was never answered').choices([
        'AT_MOST_ONCE',
        'AT_LEAST_ONCE',
      ]),
    )
    .option('--file <csv>', 'a message for each row; its header has a column `to`')
    .option('--campaign <name>', 'with --file: another name sends the same rows again')
    .option('--results <path>', 'with --file: what became of each row; default <csv>.results.ndjson')
    .option('--delimiter <character>', 'with --file: what is between columns; default ,', delimiter)
    .option('--concurrency <count>', 'with --file: how many requests at once; default 16', atMost(64))
    .action(action(send));
}

async function send(session: Session, options: SendOptions): Promise<Exit> {
  const { file, to, key, media } = options;
  const idle = file === undefined ? OF_FILE.find((name) => options[name] !== undefined) : undefined;
  if (idle) throw new UsageError(`--${idle} goes with --file`);
  if (file !== undefined && (to ?? key) !== undefined)
    throw new UsageError('With --file, recipients and keys come from the rows');
  const text = await textFrom(session, options.text);
  // The server accepts an empty text with media, and rejects an empty text alone. With --file, it does so for each row.
  if (!text && !media) throw new UsageError('What? --text, or --media');
  if (file === undefined) return sendOnce(session, options, text);
  return sendCampaign(session, { campaign: '', delimiter: ',', concurrency: 16, ...options, file, text });
}

async function textFrom(session: Session, text: string | undefined): Promise<string | undefined> {
  return text === '-' ? (await readInput(session)).replace(/\r?\n$/, '') : text;
}

async function sendOnce(session: Session, options: SendOptions, text: string | undefined): Promise<Exit> {
  const { client, out, signal } = session;
  const { from: sendFrom, to = [], media, reference, guarantee, key } = options;
  if (to.length === 0) throw new UsageError('Who gets it? --to +15551234567, or --file recipients.csv');
  const params = paramsOf({ sendFrom, to, text, media, reference, guarantee });
  // Created here, so that the key can be printed after any error.
  const idempotencyKey = key ?? randomUUID();
  rememberKey(idempotencyKey);
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
  const again = result.replayed ? ' (sent before under this key: nothing was sent now)' : '';
  out.note(out.paint('dim', `key ${result.idempotencyKey}${again}`));
}

function delimiter(text: string): string {
  if (/^[^"\r\n]$/u.test(text)) return text;
  throw new InvalidArgumentError('It must be one character, and neither a quote nor a line break.');
}

const MEDIA_FIELDS = ['storageKey', 'mimeType', 'byteLength', 'sourceUrl', 'fileName'];

function medium(text: string, before: Media[] = []): Media[] {
  const pairs = text.split(',').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [name.trim(), value.join('=')] as const;
  });
  const unknown = pairs.find(([name]) => !MEDIA_FIELDS.includes(name));
  if (unknown) throw new InvalidArgumentError(`Its fields are ${MEDIA_FIELDS.join(', ')}.`);
  const { storageKey, mimeType, byteLength, sourceUrl, fileName } = Object.fromEntries(pairs);
  if (!storageKey || !mimeType || !byteLength || !/^\d+$/.test(byteLength)) {
    throw new InvalidArgumentError('storageKey, mimeType and byteLength (a number) are needed.');
  }
  const more = { ...(sourceUrl === undefined ? {} : { sourceUrl }), ...(fileName === undefined ? {} : { fileName }) };
  return [...before, { storageKey, mimeType, byteLength: Number(byteLength), ...more }];
}
