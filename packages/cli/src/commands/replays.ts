import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import type { RedCloud, Replay } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { since } from './values.ts';

const LOOK_EVERY_MS = 300;

const COLUMNS: Column<Replay>[] = [
  { title: 'ID', of: ({ replayId }) => replayId },
  { title: 'WHICH', of: ({ which }) => which },
  { title: 'SINCE', of: ({ since: moment_ }) => moment(moment_) },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'EXAMINED', of: ({ examined }) => examined },
  { title: 'REPLAYED', of: ({ replayed }) => replayed },
];

interface Options {
  since?: string;
  which?: 'failed' | 'missing';
  detach?: boolean;
}

export function addReplays(webhooks: Command, action: Action): void {
  webhooks
    .command('replay')
    .description('Deliver one event again, or with --since all undelivered events')
    .argument('[eventId]')
    .option('--since <time>', 'Start time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .addOption(
      new Option('--which <which>', '`failed` (given up) or `missing` (all undelivered, default)').choices([
        'failed',
        'missing',
      ]),
    )
    .option('--detach', 'Do not wait for the end of the replay')
    .action(action(replay));
  webhooks
    .command('replays')
    .description('List replays')
    .action(
      action(async ({ client, out, signal }) =>
        out.list(await client().webhooks.replays({ signal }), COLUMNS, 'No replays.'),
      ),
    );
  webhooks
    .command('cancel')
    .description('Cancel a replay (queued deliveries continue)')
    .argument('<replayId>')
    .action(
      action(async ({ client, out, signal }, _options, replayId = '') => {
        const cancelled = await client().webhooks.cancelReplay(replayId, { signal });
        out.document(cancelled, { ...cancelled });
      }),
    );
}

async function replay(session: Session, options: Options, eventId?: string): Promise<Exit> {
  const { client, out, signal } = session;
  const { since: from, which, detach } = options;
  if ((eventId === undefined) === (from === undefined)) throw new UsageError('Set either an event id or --since');
  const rc = client();
  if (from === undefined) {
    const again = await rc.webhooks.replayEvent(eventId ?? '', { signal });
    out.document(again, { ...again });
    return EXIT.ok;
  }
  const kind = which === undefined ? {} : { which: which === 'failed' ? ('FAILED' as const) : ('MISSING' as const) };
  const begun = await rc.webhooks.replay({ since: from, ...kind }, { signal });
  const ended = detach ? begun : await throughWith(session, rc, begun);
  out.document(ended, { ...ended });
  return signal.aborted ? EXIT.interrupted : EXIT.ok;
}

/** Waits until the replay ends. An interrupt does not cancel the replay, and prints how to cancel it. */
async function throughWith({ out, signal }: Session, rc: RedCloud, begun: Replay): Promise<Replay> {
  const progress = out.progress('replaying');
  let latest = begun;
  try {
    while (latest.status === 'RUNNING') {
      progress.show(latest.replayed, undefined, `  ${latest.examined} examined`);
      await sleep(LOOK_EVERY_MS, undefined, { signal });
      latest = await rc.webhooks.getReplay(begun.replayId, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.end();
    out.note(`The replay continues on the server. Cancel it with: redcloud webhooks cancel ${begun.replayId}`);
  } finally {
    progress.end();
  }
  return latest;
}
