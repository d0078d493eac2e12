import { type FormEvent, useRef, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { Account, CreatedClient } from '../../api/operator-types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Secret } from '../../ui/dialogs.tsx';
import { Problem } from '../../ui/states.tsx';
import { useAccounts } from './queries.ts';

/** The option for an account that is made along with the client. */
const NEW = 'new';

/** @param made accounts of earlier tries, by name: a client that was refused needs no second account. */
async function create(given: Record<string, string>, made: Map<string, string>): Promise<CreatedClient> {
  const { accountName = '', name, deliveryWebhookUrl, inboundWebhookUrl } = given;
  let accountId = given['accountId'];
  if (accountId === NEW) {
    accountId = made.get(accountName) ?? (await makeAccount(accountName));
    made.set(accountName, accountId);
  }
  const urls = { deliveryWebhookUrl: deliveryWebhookUrl || null, inboundWebhookUrl: inboundWebhookUrl || null };
  return call<CreatedClient>('/api/admin/clients', { method: 'POST', body: { accountId, name, ...urls } });
}

async function makeAccount(name: string): Promise<string> {
  return (await call<Account>('/api/admin/accounts', { method: 'POST', body: { name } })).id;
}

/** @param hold told whether there are secrets to copy, or may be in a moment. */
export function CreateClient({ done, hold }: { done: () => void; hold: (held: boolean) => void }) {
  const accounts = useAccounts();
  const made = useRef(new Map<string, string>());
  const [account, setAccount] = useState(NEW);
  const creating = useAct((given: Record<string, string>) => {
    hold(true);
    return create(given, made.current).catch((error) => {
      hold(false);
      throw error;
    });
  });
  if (creating.data) return <Made created={creating.data} done={done} />;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    creating.mutate(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>);
  };
  const options = [
    [NEW, 'A new account'] as const,
    ...(accounts.data?.accounts ?? []).map(({ id, name }) => [id, name] as const),
  ];
  return (
    <form className="form" onSubmit={submit}>
      <Field label="Name">
        <TextInput name="name" required maxLength={255} placeholder="Shop" />
      </Field>
      <Field label="Account">
        <Select
          name="accountId"
          options={options}
          value={account}
          onChange={({ target }) => setAccount(target.value)}
        />
      </Field>
      {account === NEW && (
        <Field label="Name of the new account">
          <TextInput name="accountName" required maxLength={255} placeholder="Example Ltd" />
        </Field>
      )}
      <Field label="Delivery events go to" hint="Can be set later.">
        <TextInput name="deliveryWebhookUrl" type="url" placeholder="https://" />
      </Field>
      <Field label="Inbound messages go to">
        <TextInput name="inboundWebhookUrl" type="url" placeholder="https://" />
      </Field>
      {creating.error && <Problem error={creating.error} />}
      <Button type="submit" kind="primary" busy={creating.isPending}>
        Create
      </Button>
    </form>
  );
}

function Made({
  created: { client, clientSecret, webhookSecret },
  done,
}: {
  created: CreatedClient;
  done: () => void;
}) {
  return (
    <>
      <p>
        <b>{client.name}</b> is ready. Copy both secrets now: they are not shown again.
      </p>
      <Secret label="Client id" value={client.id} />
      <Secret label="Client secret" value={clientSecret} />
      <Secret label="Webhook signing secret" value={webhookSecret} />
      <Button kind="primary" onClick={done}>
        I have them
      </Button>
    </>
  );
}
