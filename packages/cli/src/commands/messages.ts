import { type Command, Option } from 'commander';
import { messageLine, messageOf } from '../following/lines.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import { momentFrom, readTime, type TimeOption } from '../schedule/times.ts';
import type { Message, MessageFilters, RedCloud, Rejection } from '../sdk.ts';
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

const REJECTION_COLUMNS: Column<Rejection>[] = [
  { title: 'CREATED', of: ({ createdAt }) => moment(createdAt) },
  { title: 'ID', of: ({ messageId }) => messageId },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'FROM', of: ({ from, poolId }) => from ?? poolId },
  { title: 'TO', of: ({ to }) => to },
  { title: 'REFERENCE', of: ({ externalReference }) => externalReference },
  { title: 'CODE', of: ({ error }) => error.code },
  { title: 'REASON', of: ({ error }) => error.message },
];

const SCHEDULED: Column<Message>[] = [{ title: 'SEND AT', of: ({ sendAt }) => moment(sendAt) }, ...COLUMNS];

const shortened = (text: string | null) => (text !== null && text.length > 40 ? `${text.slice(0, 39)}…` : text);

const STATUSES = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED'];

interface ListOptions extends Pick<MessageFilters, 'to' | 'from' | 'numberId' | 'direction'> {
  status?: Message['status'] | 'REJECTED';
  reference?: string;
  since?: string;
  until?: string;
  sendAfter?: TimeOption;
  sendBefore?: TimeOption;
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
    .addOption(
      new Option(
        '--status <status>',
        'Only messages with this status. REJECTED: recipients that sends rejected',
      ).choices([...STATUSES, 'REJECTED']),
    )
    .option('--to <e164>', 'Only messages to this phone number')
    .option('--from <e164>', 'Only messages from this phone number')
    .option('--number-id <numberId>', 'Only messages of this number')
    .addOption(new Option('--direction <direction>', 'Only this direction').choices(['INBOUND', 'OUTBOUND']))
    .option('--reference <text>', 'Only messages with this reference')
    .option('--since <time>', 'Created after this time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .option('--until <time>', 'Created before this time', (text) => since(text))
    .option('--send-after <time>', 'Scheduled for this time or later, such as +2h or 2026-11-23T10:00:00Z', readTime)
    .option('--send-before <time>', 'Scheduled before this time', readTime)
    .option('--limit <count>', 'Maximum number of messages', atMost(100_000), 20)
    .option('--all', 'List all messages')
    .action(
      action(async ({ client, out, signal, terminal }, { limit, all, ...options }: ListOptions) => {
        const {
          status,
          reference,
          since: createdAfter,
          until: createdBefore,
          sendAfter,
          sendBefore,
          ...rest
        } = options;
        const now = terminal.now();
        const filters = {
          ...rest,
          ...(reference === undefined ? {} : { externalReference: reference }),
          ...(createdAfter === undefined ? {} : { createdAfter }),
          ...(createdBefore === undefined ? {} : { createdBefore }),
          ...(sendAfter === undefined ? {} : { sendAfter: momentFrom(sendAfter, now) }),
          ...(sendBefore === undefined ? {} : { sendBefore: momentFrom(sendBefore, now) }),
        };
        const most = all ? undefined : limit;
        const { messages } = client();
        if (status === 'REJECTED') {
          const found = messages.list({ ...filters, status }, { signal });
          return out.list(await firstOf(found, most), REJECTION_COLUMNS, 'No rejected recipients.');
        }
        const found = messages.list(status === undefined ? filters : { ...filters, status }, { signal });
        const columns = (sendAfter ?? sendBefore) ? SCHEDULED : COLUMNS;
        out.list(await firstOf(found, most), columns, 'No messages.');
      }),
    );
  messages
    .command('show')
    .description('Show a message with its segments, events and webhook attempts, or a rejected recipient')
    .argument('<messageId>')
    .action(
      action(async ({ client, out, signal }, _options, messageId = '') => {
        const { messages } = client();
        const isRejection = messageId.startsWith('rej_');
        const found = isRejection ? messages.getRejection(messageId, { signal }) : messages.get(messageId, { signal });
        showMessage(out, await found);
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

/** @param message as the API client or the operator receives it. A rejected recipient has no segments and no events. */
export function showMessage(out: Output, message: Details | Rejection): void {
  if (message.status === 'REJECTED') {
    out.document(message, { ...message });
    return;
  }
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
