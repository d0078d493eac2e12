import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { AddedSecret, Client, ClientSecrets } from '../../api/operator-types.ts';
import type { Numbers, Rotation } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/dialogs.tsx';
import { Facts, Page, Panel, State, Time } from '../../ui/parts.tsx';
import { useReveal } from '../../ui/reveal.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { PagedTable, Table } from '../../ui/table.tsx';
import { canSend } from '../numbers/can-send.ts';
import { MmsProblems } from '../numbers/mms-problems.tsx';
import { QuietHoursForm } from '../scheduling/quiet-hours-form.tsx';
import { SigningSecret } from '../webhooks/signing-secret.tsx';

/** Page of one API client, for operators. */
export function ClientPage({ clientId }: { clientId: string }) {
  const path = `/api/admin/clients/${encodeURIComponent(clientId)}`;
  const client = useQuery({ queryKey: ['client', clientId], queryFn: () => call<Client>(path) });
  return (
    <Page title={client.data?.name ?? 'API client'} actions={<Link href="/clients">All clients</Link>}>
      <Answer query={client}>
        {(data) => (
          <>
            <Panel title="Details" aside={<Standing path={path} client={data} />}>
              <Facts
                of={[
                  ['Status', <State key="status" value={data.status} />],
                  ['Client ID', <code key="id">{data.id}</code>],
                  ['Account', <code key="account">{data.accountId}</code>],
                  ['Capabilities', data.capabilities.join(', ')],
                  ['URL for delivery events', data.deliveryWebhookUrl],
                  ['URL for inbound messages', data.inboundWebhookUrl],
                  ['Created', <Time key="created" at={data.createdAt} />],
                ]}
              />
            </Panel>
            <AssignedNumbers clientId={clientId} />
            <Panel title="Quiet hours">
              <QuietHoursForm
                current={data.quietHours}
                save={(quietHours) => call<Client>(path, { method: 'PATCH', body: { quietHours } })}
              />
            </Panel>
            <Secrets path={path} of={data.name} />
            <SigningSecret
              of={data.name}
              rotate={(body) => call<Rotation>(`${path}/webhook-secret/rotate`, { method: 'POST', once: true, body })}
            />
          </>
        )}
      </Answer>
    </Page>
  );
}

/** Numbers of the client, and what each can send. The settings are on the page of the numbers. */
function AssignedNumbers({ clientId }: { clientId: string }) {
  const numbers = useQuery({
    queryKey: ['numbers', clientId],
    queryFn: () => call<Numbers>('/api/core/numbers', { client: clientId }),
  });
  return (
    <Panel title="Numbers">
      <Answer query={numbers} rows={2}>
        {({ numbers: own }) =>
          own.length === 0 ? (
            <Empty title="No assigned numbers" />
          ) : (
            <>
              <MmsProblems numbers={own} />
              <PagedTable
                label="Numbers of the client"
                rows={own}
                keyOf={({ numberId }) => numberId}
                columns={[
                  { label: 'Number', cell: ({ e164 }) => <b className="mono">{e164}</b> },
                  { label: 'ID', className: 'mono', cell: ({ numberId }) => numberId },
                  { label: 'Can send', cell: canSend },
                ]}
              />
            </>
          )
        }
      </Answer>
    </Panel>
  );
}

function Standing({ path, client: { name, status } }: { path: string; client: Client }) {
  const change = (next: Client['status']) => call(path, { method: 'PATCH', body: { status: next } });
  const reactivating = useAct(() => change('ACTIVE'));
  if (status === 'SUSPENDED') {
    return (
      <>
        <Button busy={reactivating.isPending} onClick={() => reactivating.mutate(undefined)}>
          Reactivate
        </Button>
        {reactivating.error && <Problem error={reactivating.error} />}
      </>
    );
  }
  return (
    <Confirm
      title={`Suspend ${name}?`}
      verb="Suspend"
      act={() => change('SUSPENDED')}
      trigger={<Button kind="danger">Suspend</Button>}
    >
      <p>
        New requests are rejected immediately, including requests with existing tokens. Accepted messages are still
        sent.
      </p>
    </Confirm>
  );
}

/** Two secrets may be valid at a time. A new secret can be rolled out before the old one is revoked. */
function Secrets({ path, of }: { path: string; of: string }) {
  const secrets = useQuery({
    queryKey: ['secrets', path],
    queryFn: () => call<ClientSecrets>(`${path}/secrets`),
  });
  const reveal = useReveal();
  const add = async () => {
    const { clientSecret } = await call<AddedSecret>(`${path}/secrets`, { method: 'POST', once: true });
    reveal({ title: `New client secret of ${of}`, secrets: [['Client secret', clientSecret]] });
  };
  return (
    <Panel title="Client secrets">
      <p className="muted">To rotate a secret, add a new one, update the application, then revoke the old one.</p>
      <Answer query={secrets} rows={2}>
        {({ secrets: valid }) =>
          valid.length === 0 ? (
            <Empty title="No valid secret. The client cannot get tokens." />
          ) : (
            <Table
              label="Client secrets"
              rows={valid}
              keyOf={({ id }) => id}
              columns={[
                { label: 'Ends with', cell: ({ hint }) => <code>…{hint}</code> },
                { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
                {
                  label: 'Action',
                  cell: ({ id, hint }) => <RevokeSecret path={`${path}/secrets/${id}`} hint={hint} />,
                },
              ]}
            />
          )
        }
      </Answer>
      <div className="actions">
        <Confirm
          title="Add a client secret?"
          verb="Add"
          kind="primary"
          act={add}
          conflict="Revoke one of the two valid secrets, then add a new one."
          trigger={<Button>Add a client secret</Button>}
        >
          <p>The new secret is valid in addition to existing ones. The secret is shown once, after this step.</p>
        </Confirm>
      </div>
    </Panel>
  );
}

function RevokeSecret({ path, hint }: { path: string; hint: string }) {
  return (
    <Confirm
      title={`Revoke the secret …${hint}?`}
      verb="Revoke"
      act={() => call(path, { method: 'DELETE' })}
      trigger={<Button>Revoke</Button>}
    >
      <p>
        The secret gets no new tokens. Existing tokens stay valid for up to an hour. Suspend the client to reject them
        immediately.
      </p>
    </Confirm>
  );
}
