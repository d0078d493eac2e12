import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AdminNumber, Pool } from '../../api/operator-types.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { Numbers as Own, PhoneNumber } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { Page, Panel, State } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { usePools } from '../pools/queries.ts';
import { canSend } from './can-send.ts';
import { ImportNumbers } from './import.tsx';
import { Inventory } from './inventory.tsx';
import { MmsProblems } from './mms-problems.tsx';
import { useAdminNumbers } from './queries.ts';
import { NumberSettings } from './settings.tsx';
import { TYPE_LABELS } from './types.ts';

/** Number with its settings for operators. Undefined for API clients. */
interface Row {
  number: PhoneNumber;
  admin: AdminNumber | undefined;
  pool: Pool | undefined;
}

const none = <span className="muted">none</span>;

const COLUMNS: readonly Column<Row>[] = [
  {
    label: 'Number',
    className: 'mono',
    cell: ({ number }) => (
      <div>
        <b>{number.e164}</b>
        <div className="muted small">{TYPE_LABELS[number.type ?? 'LONG_CODE']}</div>
        <div className="muted small">{number.numberId}</div>
      </div>
    ),
  },
  { label: 'Status', cell: ({ number }) => <State value={number.status} /> },
  { label: 'Can send', cell: ({ number }) => canSend(number) },
  { label: 'Pool', cell: poolOf },
];

const FOR_OPERATORS: readonly Column<Row>[] = [
  { label: 'Carrier', cell: ({ admin }) => admin?.carrier ?? <span className="muted">default</span> },
  { label: 'Allowed', cell: ({ admin }) => allowed(admin) },
];

const SETTINGS: readonly Column<Row>[] = [
  { label: 'Campaign', className: 'mono', cell: ({ number }) => number.campaignRegId ?? none },
  { label: 'Own webhooks', cell: ({ number }) => ownWebhooks(number) },
  {
    label: 'Action',
    cell: ({ number, admin }) => (
      <Sheet title={`Settings of ${number.e164}`} trigger={<Button>Settings</Button>}>
        {(close) => <NumberSettings number={number} admin={admin} done={close} />}
      </Sheet>
    ),
  },
];

/** Numbers of this API client, and the inventory search. */
export function Numbers() {
  const { isOperator, clientId } = useScope();
  const numbers = useCore<Own>('/numbers');
  const admin = useAdminNumbers(isOperator ? clientId : undefined);
  const pools = usePools(isOperator ? clientId : undefined);
  const byId = new Map(admin.data?.map((one) => [one.numberId, one]));
  const poolsById = new Map(pools.data?.map((pool) => [pool.poolId, pool]));
  const columns = [...COLUMNS, ...(isOperator ? FOR_OPERATORS : []), ...SETTINGS];
  const rowOf = (number: PhoneNumber): Row => ({
    number,
    admin: byId.get(number.numberId),
    pool: poolsById.get(number.poolId ?? ''),
  });
  return (
    <Page title="Numbers" actions={isOperator && <ImportNumbers clientId={clientId as string} />}>
      <Panel title="Assigned numbers">
        {admin.error && <Problem error={admin.error} retry={() => void admin.refetch()} />}
        <Answer query={numbers}>
          {({ numbers: own }) =>
            own.length === 0 ? (
              <Empty title="No assigned numbers">
                <p>An operator imports and assigns numbers.</p>
              </Empty>
            ) : (
              <>
                <MmsProblems numbers={own} />
                <PagedTable
                  label="Numbers"
                  columns={columns}
                  rows={own.map(rowOf)}
                  keyOf={({ number }) => number.numberId}
                />
              </>
            )
          }
        </Answer>
      </Panel>
      <Inventory />
    </Page>
  );
}

function poolOf({ number: { poolId }, admin, pool }: Row): ReactNode {
  if (!poolId) return none;
  return admin ? <Link href={`/pools/${poolId}`}>{pool?.name ?? poolId}</Link> : <code>{poolId}</code>;
}

/** Carriers and countries of recipients that the number may use. */
function allowed(admin: AdminNumber | undefined): ReactNode {
  const { carriers, allowedCountries } = admin ?? {};
  if (!carriers && !allowedCountries) return <span className="muted">all</span>;
  return (
    <div>
      {carriers && <div>Carriers: {carriers.join(', ')}</div>}
      {allowedCountries && <div>Countries: {allowedCountries.map((code) => `+${code}`).join(', ')}</div>}
    </div>
  );
}

function ownWebhooks({ webhookDeliveryOverride, webhookInboundOverride }: PhoneNumber): string {
  return [webhookDeliveryOverride && 'delivery', webhookInboundOverride && 'inbound'].filter(Boolean).join(', ') || '–';
}
