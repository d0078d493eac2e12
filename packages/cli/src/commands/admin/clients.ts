import type { Command } from 'commander';
import type { Column } from '../../output/table.ts';
import { segment } from '../../sdk.ts';
import type { Action, Session } from '../../session.ts';
import { collect, key } from '../values.ts';
import { overlap } from '../webhooks.ts';

const PATH = '/api/admin/clients';
const pathOf = (clientId: string, rest = '') => `${PATH}/${segment('clientId', clientId)}${rest}`;

const ONCE = 'Store the secrets now, because they are not shown again.';

interface Client {
  id: string;
  accountId: string;
  name: string;
  status: string;
  capabilities: string[];
  deliveryWebhookUrl: string | null;
  inboundWebhookUrl: string | null;
}

const COLUMNS: Column<Client>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', of: ({ name }) => name },
  { title: 'ACCOUNT', of: ({ accountId }) => accountId },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'DELIVERY WEBHOOK', of: ({ deliveryWebhookUrl }) => deliveryWebhookUrl },
];

type Made = Record<'clientSecret' | 'webhookSecret', string> & { client: Client };

interface CreateOptions {
  account: string;
  name: string;
  capability?: string[];
  deliveryWebhook?: string;
  inboundWebhook?: string;
  key: string;
}

export function addClients(admin: Command, action: Action): void {
  const clients = admin.command('clients').description('Manage API clients and their secrets');
  clients
    .command('list')
    .description('List API clients')
    .action(
      action(async ({ operator, out, signal }) => {
        const found = (await operator().request({ method: 'GET', path: PATH }, { signal })) as { clients: Client[] };
        out.list(found.clients, COLUMNS, 'No API clients. Create one with `redcloud admin clients create`.');
      }),
    );
  clients
    .command('create')
    .description('Create an API client, with secrets that are shown only once')
    .requiredOption('--account <accountId>', 'Account of the client')
    .requiredOption('--name <name>', 'Name of the client')
    .option('--capability <name>', 'Capability, such as messages:send (repeatable, default: all)', collect)
    .option('--delivery-webhook <url>', 'URL for status changes of its messages')
    .option('--inbound-webhook <url>', 'URL for inbound messages')
    .addOption(key())
    .action(action(create));
  clients
    .command('show')
    .description('Show an API client')
    .argument('<clientId>')
    .action(
      action(async ({ operator, out, signal }, _options, clientId = '') => {
        const client = (await operator().request({ method: 'GET', path: pathOf(clientId) }, { signal })) as Client;
        out.document(client, { ...client });
      }),
    );
  addStatus(clients, action, 'suspend', 'SUSPENDED');
  addStatus(clients, action, 'activate', 'ACTIVE');
  addSecrets(clients, action);
}

async function create({ operator, out, signal }: Session, options: CreateOptions): Promise<void> {
  const { account, name, capability, deliveryWebhook, inboundWebhook, key: idempotencyKey } = options;
  const body = {
    accountId: account,
    name,
    ...(capability === undefined ? {} : { capabilities: capability }),
    ...(deliveryWebhook === undefined ? {} : { deliveryWebhookUrl: deliveryWebhook }),
    ...(inboundWebhook === undefined ? {} : { inboundWebhookUrl: inboundWebhook }),
  };
  const request = { method: 'POST', path: PATH, body } as const;
  const made = (await operator().request(request, { signal, idempotencyKey })) as Made;
  const { client, ...secrets } = made;
  out.document(made, { ...client, ...secrets });
  out.note(ONCE);
}

function addStatus(clients: Command, action: Action, verb: string, status: string): void {
  clients
    .command(verb)
    .description(status === 'ACTIVE' ? 'Activate an API client' : 'Suspend an API client immediately')
    .argument('<clientId>')
    .action(
      action(async ({ operator, out, signal }, _options, clientId = '') => {
        const request = { method: 'PATCH', path: pathOf(clientId), body: { status } } as const;
        const client = (await operator().request(request, { signal })) as Client;
        out.document(client, { ...client });
      }),
    );
}

interface Secret {
  id: string;
  hint: string;
  createdAt: string;
}

const SECRETS: Column<Secret>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'ENDS IN', of: ({ hint }) => hint },
  { title: 'CREATED', of: ({ createdAt }) => createdAt },
];

function addSecrets(clients: Command, action: Action): void {
  clients
    .command('rotate-secret')
    .description('Create a second client secret, shown only once (the first stays valid until `delete-secret`)')
    .argument('<clientId>')
    .addOption(key())
    .action(
      action(async ({ operator, out, signal }, { key: idempotencyKey }: { key: string }, clientId = '') => {
        const request = { method: 'POST', path: pathOf(clientId, '/secrets') } as const;
        const secret = (await operator().request(request, { signal, idempotencyKey })) as Secret & {
          clientSecret: string;
        };
        out.document(secret, { ...secret });
        out.note(ONCE);
      }),
    );
  clients
    .command('secrets')
    .description('List valid client secrets, without their values')
    .argument('<clientId>')
    .action(
      action(async ({ operator, out, signal }, _options, clientId = '') => {
        const request = { method: 'GET', path: pathOf(clientId, '/secrets') } as const;
        const { secrets } = (await operator().request(request, { signal })) as { secrets: Secret[] };
        out.list(secrets, SECRETS, 'No client secrets.');
      }),
    );
  clients
    .command('delete-secret')
    .description('Revoke a client secret')
    .argument('<clientId>')
    .argument('<secretId>')
    .action(
      action(async ({ operator, out, signal }, _options, clientId = '', secretId = '') => {
        const path = pathOf(clientId, `/secrets/${segment('secretId', secretId)}`);
        await operator().request({ method: 'DELETE', path }, { signal });
        const deleted = { clientId, secretId, deleted: true };
        out.document(deleted, deleted);
      }),
    );
  clients
    .command('rotate-webhook-secret')
    .description('Create a signing secret, shown only once (both secrets sign during the overlap)')
    .argument('<clientId>')
    .option(
      '--overlap <seconds>',
      'Seconds in which both secrets sign, or 0 to revoke the previous secret at once (default: 1 day)',
      overlap,
    )
    .addOption(key())
    .action(
      action(async ({ operator, out, signal }, options: { overlap?: number; key: string }, clientId = '') => {
        const body = options.overlap === undefined ? {} : { overlapSeconds: options.overlap };
        const path = pathOf(clientId, '/webhook-secret/rotate');
        const request = { method: 'POST', path, body } as const;
        const limits = { signal, idempotencyKey: options.key };
        const rotated = (await operator().request(request, limits)) as Record<string, unknown>;
        out.document(rotated, rotated);
        out.note(ONCE);
      }),
    );
}
