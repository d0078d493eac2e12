import type { Command } from 'commander';
import { urlOf } from '../profiles/connection.ts';
import type { Action } from '../session.ts';

export function addWhoami(program: Command, action: Action): void {
  program
    .command('whoami')
    .description('Show the current API client and its capabilities')
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
          'delivery webhook': identity.deliveryWebhookConfigured,
          'inbound webhook': identity.inboundWebhookConfigured,
        });
      }),
    );
}
