import type { Command } from 'commander';
import type { Action } from '../session.ts';

interface Options {
  from: string;
  to: string;
  text: string;
}

export function addSimulate(program: Command, action: Action): void {
  const simulate = program.command('simulate').description('Simulate a handset (sandbox only)');
  simulate
    .command('inbound')
    .description('Send an inbound message from a simulated handset')
    .requiredOption('--from <e164>', 'Phone number of the handset')
    .requiredOption('--to <e164>', 'Phone number that receives the message')
    .requiredOption('--text <text>', 'Text, such as STOP')
    .action(
      action(async ({ client, out, signal }, body: Options) => {
        // Inbound messages have no idempotency key. A retry after a lost response would create a second message.
        const request = { method: 'POST', path: '/sandbox/inbound', body, isUnrepeatable: true } as const;
        const message = (await client().request(request, { signal })) as { messageId: string };
        out.document(message, message);
      }),
    );
}
