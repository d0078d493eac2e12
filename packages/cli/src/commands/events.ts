import type { Command } from 'commander';
import { eventLine } from '../following/lines.ts';
import type { Action } from '../session.ts';
import { type TailOptions, tail } from './tail.ts';
import { since } from './values.ts';

interface Options extends TailOptions {
  type?: string;
}

export function addEvents(program: Command, action: Action): void {
  const events = program.command('events').description('Follow the event stream');
  events
    .command('tail')
    .description('Follow new events until ctrl-C')
    .option('--since <time>', 'Start time, such as 2h or 2026-11-23T10:00:00Z', (text) => since(text))
    .option('--type <type>', 'Only events of this type, such as message.failed')
    .action(
      action(async (session, options: Options) => {
        const { out } = session;
        return tail(session, options, (event) => {
          if (options.type === undefined || event.type === options.type) out.record(event, eventLine(out, event));
        });
      }),
    );
}
