import { Link } from 'wouter';
import type { OptOutChange, OptOutChangesPage } from '../../api/types.ts';
import { useFilter } from '../../ui/history-state.ts';
import { usePages } from '../../ui/pages.ts';
import { State, Time } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, Pager, Table } from '../../ui/table.tsx';
import { RecipientSearch, saidBy } from './shared.tsx';

const COLUMNS: readonly Column<OptOutChange>[] = [
  { label: 'When', cell: ({ changedAt }) => <Time at={changedAt} /> },
  { label: 'Recipient', cell: ({ recipient }) => <b className="mono">{recipient}</b> },
  { label: 'Number', className: 'mono', cell: ({ numberId }) => numberId },
  { label: 'Change', cell: ({ change }) => <State value={change} /> },
  { label: 'Origin', cell: ({ origin, keyword, source }) => saidBy(origin, keyword ?? source) },
  { label: 'Note', className: 'cut', cell: ({ note }) => note ?? <span className="muted">–</span> },
  {
    label: 'Message',
    className: 'mono',
    cell: ({ messageId }) =>
      messageId ? <Link href={`/messages/${messageId}`}>{messageId}</Link> : <span className="muted">–</span>,
  },
];

/** All opt-outs and opt-ins in order, as evidence for later questions. */
export function OptOutHistory() {
  const [recipient, setRecipient] = useFilter('recipient');
  const { query, page, back, next } = usePages<OptOutChangesPage>(
    '/opt-outs/history',
    { recipient },
    { cursor: 'after' },
  );
  return (
    <>
      <RecipientSearch recipient={recipient} find={setRecipient} />
      <Answer query={query} clear={recipient ? () => setRecipient('') : undefined}>
        {({ changes }) => (
          <>
            {changes.length === 0 ? (
              <Empty title={recipient ? `No changes for ${recipient}` : 'No changes yet'}>
                <p>The history has each opt-out and each opt-in, also after the removal of an opt-out.</p>
              </Empty>
            ) : (
              <Table
                label="History, oldest first"
                columns={COLUMNS}
                rows={changes}
                keyOf={({ numberId, recipient: who, changedAt, change }) => `${numberId} ${who} ${changedAt} ${change}`}
              />
            )}
            <Pager shown={changes.length} page={page} back={back} next={next} />
          </>
        )}
      </Answer>
    </>
  );
}
