import type { FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { Pool } from '../../api/operator-types.ts';
import { useScope } from '../../api/scope.tsx';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { whole } from '../../ui/format.ts';
import { Page, Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { usePools } from './queries.ts';

const COLUMNS: readonly Column<Pool>[] = [
  { label: 'Name', className: 'cut', cell: ({ poolId, name }) => <Link href={`/pools/${poolId}`}>{name}</Link> },
  { label: 'ID', className: 'mono', cell: ({ poolId }) => poolId },
  { label: 'Numbers', className: 'number', cell: ({ numberIds }) => whole(numberIds.length) },
  { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Sender pools of the API client. */
export function Pools() {
  const { clientId } = useScope();
  const pools = usePools(clientId);
  const create = (
    <Sheet title="New pool" trigger={<Button kind="primary">New pool</Button>}>
      {() => <CreatePool clientId={clientId as string} />}
    </Sheet>
  );
  return (
    <Page title="Pools" actions={create}>
      <Answer query={pools}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No pools">
              <p>A pool is a group of numbers that send together. Each recipient gets all messages from one number.</p>
            </Empty>
          ) : (
            <PagedTable label="Pools" columns={COLUMNS} rows={all} keyOf={({ poolId }) => poolId} />
          )
        }
      </Answer>
    </Page>
  );
}

/** Opens the page of the new pool, which has the form for its numbers. */
function CreatePool({ clientId }: { clientId: string }) {
  const [, go] = useLocation();
  const creating = useAct(
    (name: string) =>
      call<Pool>('/api/admin/pools', { method: 'POST', once: true, body: { apiClientId: clientId, name } }),
    ({ poolId }) => go(`/pools/${poolId}`),
  );
  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    creating.mutate(String(new FormData(event.currentTarget).get('name')));
  };
  return (
    <form className="form" onSubmit={create}>
      <Field label="Name" hint={`A pool of the API client ${clientId}. Numbers are added in the next step.`}>
        <TextInput name="name" required maxLength={255} placeholder="Shop" />
      </Field>
      {creating.error && <Problem error={creating.error} labels={{ name: 'Name' }} />}
      <Button type="submit" kind="primary" busy={creating.isPending}>
        Create
      </Button>
    </form>
  );
}
