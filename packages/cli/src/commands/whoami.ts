import type { Command } from 'commander';
import { urlOf } from '../profiles/connection.ts';
import type { Action } from '../session.ts';

export function addWhoami(program: Command, action: Action): void {
  program
    .command('whoami')
    .description('which client you are, and what it may do')
    .action(
      action(async ({ client, globals, out, signal, terminal }) => {
        const identity = await client().whoami({ signal });
        const { apiClientId, apiClientName, apiClientStatus, capabilities, assignedNumbers } = identity;
        out.document(identity, {
          server: urlOf(globals, terminal.env),
          client: `${apiClientId} (${apiClientName})`,
          status: apiClientStatus,
          numbers: `${assignedNumbers.total} (SMS ${assignedNumbers.smsEnabledCount}, MMS ${assignedNumbers.mmsEnabledCount})`,
          capabilities: capabilities.join(' '),
          'webhook for deliveries': identity.deliveryWebhookConfigured,
          'webhook for inbound': identity.inboundWebhookConfigured,
        });
      }),
    );
}
