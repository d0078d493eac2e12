import type { Command } from 'commander';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import type { Action, Session } from '../session.ts';
import { showMessage } from './messages.ts';

interface Options {
  reference?: string;
}

export function addCancel(program: Command, action: Action): void {
  program
    .command('cancel')
    .description('Cancel a message, or all messages with a reference (safe to repeat)')
    .argument('[messageId]')
    .option('--reference <text>', 'Cancel all messages with this reference')
    .action(
      action(async (session, { reference }: Options, messageId) => {
        if ((messageId === undefined) === (reference === undefined))
          throw new UsageError('Set either a message id or --reference');
        return reference === undefined ? cancelOne(session, messageId ?? '') : cancelAll(session, reference);
      }),
    );
}

async function cancelOne({ client, out, signal }: Session, messageId: string): Promise<Exit> {
  showMessage(out, await client().messages.cancel(messageId, { signal }));
  return EXIT.ok;
}

async function cancelAll({ client, out, signal }: Session, reference: string): Promise<Exit> {
  const counts = await client().messages.cancelByReference(reference, { signal });
  out.document(counts, { canceled: counts.canceled, 'too late': counts.tooLate });
  if (counts.canceled + counts.tooLate === 0) out.note('No message has this reference.');
  return counts.tooLate === 0 ? EXIT.ok : EXIT.rejected;
}
