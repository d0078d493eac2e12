import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { Account, CreatedClient } from '../../api/operator-types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { toldApart } from '../../ui/format.ts';
import { useReveal } from '../../ui/reveal.tsx';
import { Problem } from '../../ui/states.tsx';
import { useAccounts } from './queries.ts';

const LABELS = {
  name: 'Name',
  deliveryWebhookUrl: 'URL for delivery events',
  inboundWebhookUrl: 'URL for inbound messages',
};
/** Capabilities of a client that only reads. */
const READ_ONLY = ['numbers:read', 'numbers:search', 'messages:read', 'events:read', 'webhooks:read', 'optouts:read'];
const ACCESS = [
  ['all', 'Send, read and change settings'],
  ['read', 'Read only'],
] as const;

/** Option value for a new account that is created with the client. */
const NEW = 'new';

/** @param hold with true, only `done` closes the form, so that a pending result stays visible. */
export function CreateClient({ done, hold }: { done: () => void; hold: (held: boolean) => void }) {
  const queries = useQueryClient();
  const reveal = useReveal();
  const accounts = useAccounts();
  const [account, setAccount] = useState(NEW);
  const [made, setMade] = useState<Account>();

  async function makeAccount(name: string): Promise<string> {
    const answer = await call<Account>('/api/admin/accounts', { method: 'POST', once: true, body: { name } });
    await queries.invalidateQueries({ queryKey: ['accounts'] });
    setMade(answer);
    // Reuses the new account if the client is rejected.
    setAccount(answer.id);
    return answer.id;
  }

  async function create({ accountName = '', ...given }: Record<string, string>): Promise<CreatedClient> {
    hold(true);
    try {
      const body = {
        accountId: account === NEW ? await makeAccount(accountName) : account,
        name: given['name'],
        ...(given['access'] === 'read' ? { capabilities: READ_ONLY } : {}),
        deliveryWebhookUrl: given['deliveryWebhookUrl'] || null,
        inboundWebhookUrl: given['inboundWebhookUrl'] || null,
      };
      return await call<CreatedClient>('/api/admin/clients', { method: 'POST', once: true, body });
    } finally {
      hold(false);
    }
  }

  const creating = useAct(create, ({ client, clientSecret, webhookSecret }) => {
    const secrets = [
      ['Client ID', client.id],
      ['Client secret', clientSecret],
      ['Webhook signing secret', webhookSecret],
    ] as const;
    reveal({ title: `${client.name} is ready`, secrets });
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    creating.mutate(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>);
  };
  const all = accounts.data?.accounts ?? [];
  const nameOf = toldApart(all);
  const options = [[NEW, 'A new account'] as const, ...all.map((one) => [one.id, nameOf(one)] as const)];
  return (
    <form className="form" onSubmit={submit}>
      <Field label="Name">
        <TextInput name="name" required maxLength={255} placeholder="Shop" />
      </Field>
      <Field label="Account">
        <Select options={options} value={account} onChange={({ target }) => setAccount(target.value)} />
      </Field>
      {account === NEW && (
        <Field label="Name of the new account">
          <TextInput name="accountName" required maxLength={255} placeholder="Example Ltd" />
        </Field>
      )}
      <Field label="Access">
        <Select name="access" options={ACCESS} />
      </Field>
      <Field label="URL for delivery events" hint="Can be set later.">
        <TextInput name="deliveryWebhookUrl" type="url" placeholder="https://" />
      </Field>
      <Field label="URL for inbound messages">
        <TextInput name="inboundWebhookUrl" type="url" placeholder="https://" />
      </Field>
      {creating.error && <Problem error={creating.error} labels={LABELS} />}
      {creating.error && made && <p>The account {made.name} was created and is in the list above.</p>}
      <Button type="submit" kind="primary" busy={creating.isPending}>
        Create
      </Button>
    </form>
  );
}
