import { Link } from 'wouter';
import { useScope } from '../../api/scope.tsx';
import type { Rejection } from '../../api/types.ts';
import { Copy } from '../../ui/controls.tsx';
import { Facts, Panel, State, Time } from '../../ui/parts.tsx';
import { type Column, Table } from '../../ui/table.tsx';

const COLUMNS: readonly Column<Rejection>[] = [
  {
    label: 'Rejection',
    cell: ({ messageId }) => (
      <Link href={`/messages/${messageId}`} className="mono">
        {messageId}
      </Link>
    ),
  },
  { label: 'Status', cell: ({ status }) => <State value={status} /> },
  { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'From', className: 'mono', cell: ({ from, poolId }) => from ?? poolId },
  { label: 'To', className: 'mono cut brief', cell: ({ to }) => <span title={to}>{to || '–'}</span> },
  {
    label: 'Reason',
    cell: ({ error }) => (
      <span>
        {error.code} <span className="muted small">{error.message}</span>
      </span>
    ),
  },
  {
    label: 'Reference',
    className: 'cut brief',
    cell: ({ externalReference }) => <span title={externalReference ?? ''}>{externalReference ?? '–'}</span>,
  },
];

export function RejectionTable({ rejections }: { rejections: readonly Rejection[] }) {
  return <Table label="Rejected recipients" columns={COLUMNS} rows={rejections} keyOf={({ messageId }) => messageId} />;
}

/** Details of a rejected recipient. There is no message, and so no timeline. */
export function RejectedRecipient({ rejection }: { rejection: Rejection }) {
  const { isOperator } = useScope();
  const { error, messageId, poolId } = rejection;
  return (
    <Panel title="Details" aside={<State value={rejection.status} />}>
      <div className="problem">
        <p>
          <strong>{error.code}</strong>
        </p>
        <p>{error.message}</p>
      </div>
      <p className="muted">A send request named this recipient. No message was created.</p>
      <Facts
        of={[
          [
            'Rejection ID',
            <>
              <code>{messageId}</code> <Copy text={messageId} />
            </>,
          ],
          ['From', rejection.from && <code>{rejection.from}</code>],
          ['Pool', poolId && (isOperator ? <Link href={`/pools/${poolId}`}>{poolId}</Link> : <code>{poolId}</code>)],
          ['To', <code key="to">{rejection.to}</code>],
          ['Reference', rejection.externalReference],
          ['Idempotency key', rejection.idempotencyKey && <code>{rejection.idempotencyKey}</code>],
          ['API client', rejection.apiClientId && <code>{rejection.apiClientId}</code>],
          ['Created', <Time key="created" at={rejection.createdAt} />],
        ]}
      />
    </Panel>
  );
}
