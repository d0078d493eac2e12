import { Link } from 'wouter';
import type { Client } from '../../api/operator-types.ts';
import { Button } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { Page, State, Time } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { CreateClient } from './create-client.tsx';
import { useClients } from './queries.ts';

const COLUMNS: readonly Column<Client>[] = [
  { label: 'Name', className: 'cut', cell: ({ id, name }) => <Link href={`/clients/${id}`}>{name}</Link> },
  { label: 'ID', className: 'mono', cell: ({ id }) => id },
  { label: 'Account', className: 'mono', cell: ({ accountId }) => accountId },
  { label: 'Status', cell: ({ status }) => <State value={status} /> },
  { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** List of API clients. */
export function Clients() {
  const clients = useClients();
  const create = (
    <Sheet title="New API client" trigger={<Button kind="primary">New API client</Button>}>
      {(close, hold) => <CreateClient done={close} hold={hold} />}
    </Sheet>
  );
  return (
    <Page title="Clients" actions={create}>
      <Answer query={clients}>
        {({ clients: all }) =>
          all.length === 0 ? (
            <Empty title="No API client yet">
              <p>
                An API client is one application that sends and receives. Its secrets are shown once, at its creation.
              </p>
            </Empty>
          ) : (
            <PagedTable label="API clients" columns={COLUMNS} rows={all} keyOf={({ id }) => id} />
          )
        }
      </Answer>
    </Page>
  );
}
