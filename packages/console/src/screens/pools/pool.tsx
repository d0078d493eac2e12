import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { AdminNumber, Pool } from '../../api/operator-types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Confirm, Sheet } from '../../ui/dialogs.tsx';
import { Facts, Page, Panel, State, Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { useSay } from '../../ui/toasts.tsx';
import { useAdminNumbers } from '../numbers/queries.ts';
import { TYPE_LABELS } from '../numbers/types.ts';
import { pathOf } from './queries.ts';

/** Page of one pool, for operators. */
export function PoolPage({ poolId }: { poolId: string }) {
  const pool = useQuery({
    queryKey: ['pool', poolId],
    queryFn: ({ signal }) => call<Pool>(pathOf(poolId), { signal }),
  });
  return (
    <Page title={pool.data?.name ?? 'Pool'} actions={<Link href="/pools">All pools</Link>}>
      <Answer query={pool}>
        {(data) => (
          <>
            <Panel title="Details" aside={<Actions pool={data} />}>
              <Facts
                of={[
                  ['Name', data.name],
                  ['Pool ID', <code key="id">{data.poolId}</code>],
                  [
                    'API client',
                    <Link key="client" href={`/clients/${data.apiClientId}`}>
                      {data.apiClientId}
                    </Link>,
                  ],
                  ['Created', <Time key="created" at={data.createdAt} />],
                  ['Changed', <Time key="changed" at={data.updatedAt} />],
                ]}
              />
            </Panel>
            <Members pool={data} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Actions({ pool }: { pool: Pool }) {
  return (
    <div className="actions">
      <Sheet title={`Rename ${pool.name}`} trigger={<Button>Rename</Button>}>
        {(close) => <Rename pool={pool} done={close} />}
      </Sheet>
      <Delete pool={pool} />
    </div>
  );
}

function Rename({ pool: { poolId, name }, done }: { pool: Pool; done: () => void }) {
  const renaming = useAct(
    (next: string) => call<Pool>(pathOf(poolId), { method: 'PATCH', body: { name: next } }),
    done,
  );
  const rename = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    renaming.mutate(String(new FormData(event.currentTarget).get('name')));
  };
  return (
    <form className="form" onSubmit={rename}>
      <Field label="Name">
        <TextInput name="name" required maxLength={255} defaultValue={name} />
      </Field>
      {renaming.error && <Problem error={renaming.error} labels={{ name: 'Name' }} />}
      <Button type="submit" kind="primary" busy={renaming.isPending}>
        Save
      </Button>
    </form>
  );
}

function Delete({ pool: { poolId, name } }: { pool: Pool }) {
  const say = useSay();
  const [, go] = useLocation();
  const remove = () =>
    call(pathOf(poolId), { method: 'DELETE' }).then(() => {
      say(`Deleted the pool ${name}.`);
      go('/pools');
    });
  return (
    <Confirm title={`Delete ${name}?`} verb="Delete" act={remove} trigger={<Button kind="danger">Delete</Button>}>
      <p>
        The opt-outs of the pool are copied to each of its numbers, so recipients who opted out stay opted out from all
        of them. The opt-outs of the pool remain in the list. The numbers stay with the API client.
      </p>
      <p>Sends from the pool are rejected. The number of each conversation is no longer known.</p>
    </Confirm>
  );
}

/** Numbers of the pool. Another number of the API client can join if it is in no pool. */
function Members({ pool }: { pool: Pool }) {
  const numbers = useAdminNumbers(pool.apiClientId);
  return (
    <Panel title="Numbers of the pool">
      <Answer query={numbers} rows={3}>
        {(all) => {
          const members = all.filter(({ numberId }) => pool.numberIds.includes(numberId));
          const free = all.filter(({ numberId, poolId }) => poolId === null && !pool.numberIds.includes(numberId));
          return (
            <>
              {members.length === 0 ? (
                <Empty title="No numbers. The pool cannot send." />
              ) : (
                <PagedTable
                  label="Numbers of the pool"
                  columns={columnsOf(pool)}
                  rows={members}
                  keyOf={({ numberId }) => numberId}
                />
              )}
              <AddNumber pool={pool} free={free} />
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}

const columnsOf = (pool: Pool): readonly Column<AdminNumber>[] => [
  { label: 'Number', cell: ({ e164 }) => <b className="mono">{e164}</b> },
  { label: 'ID', className: 'mono', cell: ({ numberId }) => numberId },
  { label: 'Type', cell: ({ type }) => TYPE_LABELS[type] },
  { label: 'Status', cell: ({ status }) => <State value={status} /> },
  { label: 'Action', cell: (number) => <RemoveNumber pool={pool} number={number} /> },
];

function RemoveNumber({ pool, number: { numberId, e164 } }: { pool: Pool; number: AdminNumber }) {
  const body = { removeNumberIds: [numberId] };
  return (
    <Confirm
      title={`Remove ${e164} from ${pool.name}?`}
      verb="Remove"
      act={() => call(pathOf(pool.poolId), { method: 'PATCH', body })}
      trigger={<Button aria-label={`Remove ${e164}`}>Remove</Button>}
    >
      <p>
        The opt-outs of the pool are copied to the number. Another number of the pool takes its place in its
        conversations.
      </p>
    </Confirm>
  );
}

function AddNumber({ pool, free }: { pool: Pool; free: readonly AdminNumber[] }) {
  const say = useSay();
  const adding = useAct(
    (numberId: string) => call<Pool>(pathOf(pool.poolId), { method: 'PATCH', body: { addNumberIds: [numberId] } }),
    () => say(`Added a number to ${pool.name}.`),
  );
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    adding.mutate(String(new FormData(event.currentTarget).get('numberId')));
  };
  if (free.length === 0) {
    return <p className="muted">All numbers of the API client are in pools, so that none can be added.</p>;
  }
  return (
    <>
      <p className="muted">The opt-outs of a number that joins are copied to the pool, and apply to all its numbers.</p>
      <form className="filters" onSubmit={add}>
        <Field label="Add a number">
          <Select name="numberId" options={free.map(({ numberId, e164 }) => [numberId, `${e164} · ${numberId}`])} />
        </Field>
        <Button type="submit" busy={adding.isPending}>
          Add
        </Button>
      </form>
      {adding.error && <Problem error={adding.error} />}
    </>
  );
}
