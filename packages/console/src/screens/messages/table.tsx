import { Link } from 'wouter';
import type { Message } from '../../api/types.ts';
import { State, Time } from '../../ui/parts.tsx';
import { type Column, Table } from '../../ui/table.tsx';

const COLUMNS: readonly Column<Message>[] = [
  {
    label: 'Message',
    cell: ({ messageId }) => (
      <Link href={`/messages/${messageId}`} className="mono">
        {messageId}
      </Link>
    ),
  },
  { label: 'Status', cell: ({ status, error }) => <Outcome status={status} code={error?.code} /> },
  { label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'From', className: 'mono', cell: ({ from }) => from },
  { label: 'To', className: 'mono', cell: ({ to }) => to },
  {
    label: 'Type',
    cell: ({ messageType, segments }) => `${messageType}${(segments ?? 1) > 1 ? ` × ${segments}` : ''}`,
  },
  {
    label: 'Reference',
    className: 'cut brief',
    cell: ({ externalReference }) => <span title={externalReference ?? ''}>{externalReference ?? '–'}</span>,
  },
];

function Outcome({ status, code }: { status: string; code: string | undefined }) {
  return (
    <>
      <State value={status} />
      {code && <span className="muted small"> {code}</span>}
    </>
  );
}

export function MessageTable({ messages }: { messages: readonly Message[] }) {
  return <Table label="Messages" columns={COLUMNS} rows={messages} keyOf={({ messageId }) => messageId} />;
}
