import { Tabs } from '@base-ui/react/tabs';
import type { FormEvent } from 'react';
import { useAct } from '../api/act.ts';
import { call } from '../api/call.ts';
import { DEMO_CLIENT } from '../api/demo-client.ts';
import { Button, Field, TextInput } from '../ui/controls.tsx';
import { Problem } from '../ui/states.tsx';

const LOST = 'Check the credentials. A lost secret cannot be shown again. Ask an operator to create a new one.';

interface SignInProps {
  expired: boolean;
  sandbox: boolean;
  /** Whether the sandbox permits operators without a token. */
  openOperator?: true;
}

export function SignIn({ expired, sandbox, openOperator }: SignInProps) {
  const signing = useAct((credentials: object) => call('/console/session', { method: 'POST', body: credentials }));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signing.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  };

  return (
    <main className="alone">
      <title>Sign in · Red Cloud</title>
      <h1 className="brand">
        <img src="/console/icon.svg" alt="" width="32" height="32" />
        Red Cloud
      </h1>
      {expired && <p role="status">Your session has ended. Sign in again.</p>}
      <Tabs.Root defaultValue="client" className="panel">
        <Tabs.List className="tabs" aria-label="Sign in as">
          <Tabs.Tab value="client">API client</Tabs.Tab>
          <Tabs.Tab value="operator">Operator</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="client">
          <form className="form" onSubmit={submit}>
            <Field label="Client ID">
              <TextInput name="clientId" required autoComplete="username" />
            </Field>
            <Field label="Client secret" hint="The secret that your application uses to request tokens.">
              <TextInput name="clientSecret" type="password" required autoComplete="current-password" />
            </Field>
            <Button kind="primary" type="submit" busy={signing.isPending}>
              Sign in
            </Button>
          </form>
        </Tabs.Panel>
        <Tabs.Panel value="operator">
          <form className="form" onSubmit={submit}>
            <Field label="Operator token" hint="The value of RC_ADMIN_TOKEN at the start of Red Cloud.">
              <TextInput name="operatorToken" type="password" required autoComplete="current-password" />
            </Field>
            <Button kind="primary" type="submit" busy={signing.isPending}>
              Sign in
            </Button>
          </form>
        </Tabs.Panel>
        {signing.error && <Problem error={signing.error} {...(signing.error.status === 401 ? { next: LOST } : {})} />}
      </Tabs.Root>
      {sandbox && (
        <section className="panel" aria-label="Sandbox">
          <p>This sandbox has a demo client with public credentials.</p>
          <Button busy={signing.isPending} onClick={() => signing.mutate(DEMO_CLIENT)}>
            Sign in as the demo client
          </Button>
          {openOperator && (
            <>
              <p>
                Operators see all clients, numbers and carriers. Without RC_ADMIN_TOKEN, everyone on this machine is
                one.
              </p>
              <Button busy={signing.isPending} onClick={() => signing.mutate({ openOperator: true })}>
                Sign in as an operator
              </Button>
            </>
          )}
        </section>
      )}
    </main>
  );
}
