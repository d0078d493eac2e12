import type { Command } from 'commander';
import { atOption, expiresOption } from '../schedule/options.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import type { TimeOption } from '../schedule/times.ts';
import type { Action } from '../session.ts';
import { showMessage } from './messages.ts';

interface Options {
  at: TimeOption;
  expires?: TimeOption;
}

export function addReschedule(program: Command, action: Action): void {
  program
    .command('reschedule')
    .description('Change the time of a message that was not submitted yet (safe to repeat)')
    .argument('<messageId>')
    .addOption(atOption().makeOptionMandatory())
    .addOption(expiresOption())
    .action(
      action(async ({ client, out, signal, terminal }, { at, expires }: Options, messageId = '') => {
        const options = { at, ...(expires === undefined ? {} : { expires }) };
        const { sendAt = '', expiresAt } = scheduleOf(options, terminal.now());
        const times = { sendAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
        showMessage(out, await client().messages.reschedule(messageId, times, { signal }));
      }),
    );
}
