import { type Command, Option } from 'commander';
import { messageLine, messageOf } from '../following/lines.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import type { Message, MessageFilters, RedCloud } from '../sdk.ts';
import type { Action } from '../session.ts';
import { firstOf } from './first.ts';
import { type TailOptions, tail } from './tail.ts';
import { atMost, since } from './values.ts';

type Details = Awaited<ReturnType<RedCloud['messages']['get']>>;

const COLUMNS: Column<Message>[] = [
  { title: 'CREATED', of: ({ createdAt }) => moment(createdAt) },
  { title: 'ID', of: ({ messageId }) => messageId },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'FROM', of: ({ from }) => from },
  { title: 'TO', of: ({ to }) => to },
  { title: 'REFERENCE', of: ({ externalReference }) => externalReference },
  { title: 'TEXT', of: ({ text }) => shortened(text) },
];

const shortened = (text: string | null) => (text !== null && text.length > 40 ? `${text.slice(0, 39)}…` : text);

const STATUSES = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED'];

interface ListOptions extends Pick<MessageFilters, 'status' | 'to' | 'from' | 'numberId' | 'direction'> {
  reference?: string;
  since?: string;
  until?: string;
  limit: number;
  all?: boolean;
}

interface Tail extends TailOptions {
  message?: string;
  reference?: string;
}

export function addMessages(program: Command, action: Action): void {
  const messages = program.command('messages').description('List, show and follow messages');
  messages
    .command('list')
    .description('List messages, newest first')
    .addOption(new Option('--status <status>', 'Only messages with this status').choices(STATUSES))
    .option('--to <e164>', 'Only messages to this phone number')
    .option('--from <e164>', 'Only messages from this phone number')
    .option('--number-id <numberId>', 'Only messages of this number')
    .addOption(new Option('--direction <direction>', 'Only this direction').choices(['INBOUND', 'OUTBOUND']))
    .option('--reference <text>', 'Only messages with this reference')
    .option('--since <time>', 'Created after this time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .option('--until <time>', 'Created before this time', (text) => since(text))
    .option('--limit <count>', 'Maximum number of messages', atMost(100_000), 20)
    .option('--all', 'List all messages')
    .action(
      action(async ({ client, out, signal }, { limit, all, ...options }: ListOptions) => {
        const { reference, since: createdAfter, until: createdBefore, ...rest } = options;
        const filters = {
          ...rest,
          ...(reference === undefined ? {} : { externalReference: reference }),
          ...(createdAfter === undefined ? {} : { createdAfter }),
          ...(createdBefore === undefined ? {} : { createdBefore }),
        };
        const found = client().messages.list(filters, { signal });
        out.list(await firstOf(found, all ? undefined : limit), COLUMNS, 'No messages.');
      }),
    );
  messages
    .command('show')
    .description('Show a message with its segments, events and webhook attempts')
    .argument('<messageId>')
    .action(
      action(async ({ client, out, signal }, _options, messageId = '') => {
        showMessage(out, await client().messages.get(messageId, { signal }));
      }),
    );
  messages
    .command('tail')
    .description('Follow new status changes until ctrl-C')
    .option('--since <time>', 'Start time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .option('--message <messageId>', 'Only this message')
    .option('--reference <text>', 'Only messages with this reference')
    .action(
      action(async (session, options: Tail) => {
        const { out } = session;
        return tail(session, options, (event) => {
          if (options.message !== undefined && event.messageId !== options.message) return;
          if (options.reference !== undefined && event.externalReference !== options.reference) return;
          out.record(messageOf(event), messageLine(out, event));
        });
      }),
    );
}

/** @param message as the API client or the operator receives it */
export function showMessage(out: Output, message: Details): void {
  const { parts, events, ...own } = message;
  out.document(message, { ...own });
  out.section(
    'Segments',
    [
      { title: 'SEGMENT', of: ({ part }) => part },
      { title: 'STATE', of: ({ state }) => state },
      { title: 'CARRIER', of: ({ carrier }) => carrier },
      { title: 'REFERENCE', of: ({ providerMessageRef }) => providerMessageRef },
      { title: 'SUBMITTED', of: ({ submittedAt }) => moment(submittedAt) },
      { title: 'FINISHED', of: ({ finishedAt }) => moment(finishedAt) },
    ],
    parts,
  );
  out.section(
    'Events',
    [
      { title: 'EVENT', of: ({ eventId }) => eventId },
      { title: 'TYPE', of: ({ type }) => type },
      { title: 'AT', of: ({ occurredAt }) => moment(occurredAt) },
      { title: 'WEBHOOK', of: ({ delivery }) => delivery.state },
      { title: 'ATTEMPTS', of: ({ delivery }) => delivery.attempts.map(attempt).join(', ') || 'none' },
    ],
    events,
  );
}

type Attempt = Details['events'][number]['delivery']['attempts'][number];

const attempt = ({ statusCode, error, durationMs }: Attempt) => `${statusCode ?? error} in ${durationMs} ms`;
