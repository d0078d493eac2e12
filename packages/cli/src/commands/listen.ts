import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import { follow, RECOVERED } from '../following/follow.ts';
import { type Attempt, forward } from '../following/forward.ts';
import { padded, printable } from '../output/text.ts';
import { signForTest } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { since } from './values.ts';

interface Options {
  forwardTo: string;
  secret?: string;
  since?: string;
  retries: number;
  printBody?: boolean;
}

export function addListen(webhooks: Command, action: Action): void {
  webhooks
    .command('listen')
    .description('Forward signed webhooks to this machine, without a tunnel')
    .requiredOption('--forward-to <url>', 'Target URL, such as http://localhost:4000/hooks')
    .option('--secret <whsec>', 'Signing secret (default: REDCLOUD_WEBHOOK_SECRET, or a new secret that is printed)')
    .option('--since <time>', 'Start time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .option('--retries <count>', 'Retries per event: the first after 0.5 s, then with doubled delays', retries, 6)
    .option('--print-body', 'Print the body of each webhook')
    .action(action(listen));
}

async function listen(session: Session, options: Options): Promise<Exit> {
  const { client, out, signal, terminal } = session;
  const url = targetOf(options.forwardTo);
  const given = options.secret ?? terminal.env['REDCLOUD_WEBHOOK_SECRET'];
  const secret = given || `whsec_${randomBytes(24).toString('base64')}`;
  // Validates the secret with the signer, the only function that defines the format.
  await signForTest('', secret);
  const onReady = () => {
    out.note(`Forwarding to ${url}. Press ctrl-C to stop.`);
    // A given secret is known to the user and is not shown.
    out.note(given ? 'Signed with the given secret.' : `Signed with: ${secret}`);
  };
  const onOutage = ({ message }: Error) => out.note(`${message}. Waiting for the server. No event will be missed.`);
  const rc = client();
  const onRecovery = () => out.note(RECOVERED);
  const callbacks = { since: options.since, onReady, onOutage, onRecovery };
  const events = (over: AbortSignal) => follow(rc, { signal: over, ...callbacks });
  const onAttempt = (attempt: Attempt) => show(session, options, attempt);
  await forward(events, { url, secret, signal, retries: options.retries, onAttempt });
  return EXIT.interrupted;
}

function targetOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError('--forward-to must be a URL that begins with http:// or https://');
  // fetch rejects such a URL, and the password would be shown on the screen.
  if (url.username || url.password) throw new UsageError('--forward-to must not contain a user or password');
  return url.href;
}

function show({ out }: Session, { printBody }: Options, attempt: Attempt): void {
  const { event, statusCode, error, durationMs, outcome, body } = attempt;
  const { eventId, type, messageId } = event;
  const answer = statusCode === undefined ? printable(error) : String(statusCode);
  const colour = outcome === 'DELIVERED' ? 'green' : outcome === 'RETRY' ? 'yellow' : 'red';
  const line = [
    out.paint(colour, padded(answer, 3)),
    padded(`${durationMs} ms`, 8),
    padded(printable(type), 16),
    printable(messageId),
    out.paint('dim', printable(eventId)),
    outcome === 'DELIVERED' ? '' : outcome === 'RETRY' ? 'retrying' : 'given up',
  ];
  const more = printBody ? { body } : {};
  out.record({ eventId, type, messageId, outcome, statusCode, error, durationMs, ...more }, line.join('  ').trimEnd());
  if (printBody && !out.isJson) out.raw(`${printable(body)}\n`);
}

function retries(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Use a whole number from 0 to 99.');
}
