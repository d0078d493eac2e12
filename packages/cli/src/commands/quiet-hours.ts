import type { Command } from 'commander';
import { UsageError } from '../exit.ts';
import type { Output } from '../output/output.ts';
import type { QuietHours } from '../sdk.ts';
import type { Action, Session } from '../session.ts';
import { list, yesOrNo } from './values.ts';

interface SetOptions {
  enabled?: boolean;
  start?: string;
  end?: string;
  days?: string[];
}

export function addQuietHours(program: Command, action: Action): void {
  const quietHours = program
    .command('quiet-hours')
    .description('Show or set the hours and weekdays in which messages may be sent');
  quietHours
    .command('show', { isDefault: true })
    .description('Show the settings (default command)')
    .action(
      action(async ({ client, out, signal }) => {
        show(out, await client().quietHours.get({ signal }));
      }),
    );
  quietHours
    .command('set')
    .description('Change the given settings. Waiting messages follow them')
    .option('--enabled <yes|no>', 'Whether quiet hours apply to sends without an option of their own', yesOrNo)
    .option('--start <time>', 'Begin of the permitted hours in the time zone of the recipient, such as 08:00')
    .option('--end <time>', 'End of the permitted hours, such as 21:00 or 24:00')
    .option('--days <days>', 'Permitted weekdays, such as MON,TUE,WED,THU,FRI', (text) => list(text.toUpperCase()))
    .action(action(set));
}

/** Reads the current settings first, since the API replaces all of them. */
async function set({ client, out, signal }: Session, options: SetOptions): Promise<void> {
  if (Object.keys(options).length === 0) throw new UsageError('No change was given. Set at least one option.');
  const rc = client();
  const current = await rc.quietHours.get({ signal });
  show(out, await rc.quietHours.set({ ...current, ...options }, { signal }));
}

function show(out: Output, settings: QuietHours): void {
  out.document(settings, { ...settings, days: settings.days.join(', ') });
}
