import type { Command } from 'commander';
import type { Action } from '../session.ts';

interface Options {
  from: string;
  to: string;
  text: string;
}

export function addSimulate(program: Command, action: Action): void {
  const simulate = program.command('simulate').description('play what is on the other side; in the sandbox only');
  simulate
    .command('inbound')
    .description('a handset writes to one of your numbers')
    .requiredOption('--from <e164>', "the handset's number")
    .requiredOption('--to <e164>', 'your number')
    .requiredOption('--text <text>', 'such as STOP')
    .action(
      action(async ({ client, out, signal }, body: Options) => {
        // Inbound messages have no idempotency key. A retry after a lost response would create a second message.
        const request = { method: 'POST', path: '/sandbox/inbound', body, isUnrepeatable: true } as const;
        const message = (await client().request(request, { signal })) as { messageId: string };
        out.document(message, message);
      }),
    );
}
