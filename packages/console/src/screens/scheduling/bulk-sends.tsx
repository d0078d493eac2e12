import { useState } from 'react';
import { Link } from 'wouter';
import { call } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { BulkSend, BulkSendsPage, CanceledMessages } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Question } from '../../ui/dialogs.tsx';
import { whole } from '../../ui/format.ts';
import { usePages } from '../../ui/pages.ts';
import { Time } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, Pager, Table } from '../../ui/table.tsx';
import { useSay } from '../../ui/toasts.tsx';

const EVERY_MS = 10_000;
const PER_PAGE = 20;

/** Bulk sends of the API client with their progress, the newest first. */
export function BulkSends() {
  const { clientId } = useScope();
  const [chosen, setChosen] = useState<BulkSend>();
  const { query, page, back, next } = usePages<BulkSendsPage>(
    '/bulk-sends',
    {},
    { everyMs: EVERY_MS, limit: PER_PAGE },
  );
  return (
    <>
      <p className="lead">
        Sends to files, such as those of <code>redcloud send --file</code>, the newest first. The program that sends
        reports the state. After a kill, a bulk send stays running until it is resumed or canceled.
      </p>
      <Answer query={query} rows={8}>
        {({ bulkSends }) => (
          <div aria-busy={query.isPlaceholderData}>
            {bulkSends.length === 0 ? (
              <Empty title="No bulk sends">
                <p>
                  A command such as <code>redcloud send --file people.csv</code> registers a bulk send.
                </p>
              </Empty>
            ) : (
              <Table
                label="Bulk sends"
                columns={columns(setChosen)}
                rows={bulkSends}
                keyOf={({ bulkSendId }) => bulkSendId}
              />
            )}
            <Pager shown={bulkSends.length} page={page} back={back} next={next} />
          </div>
        )}
      </Answer>
      {chosen && <CancelBulkSend of={chosen} owner={clientId} close={() => setChosen(undefined)} />}
    </>
  );
}

const columns = (cancel: (chosen: BulkSend) => void): readonly Column<BulkSend>[] => [
  { label: 'Started', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    label: 'Name',
    className: 'cut brief',
    cell: ({ name, bulkSendId }) => (
      <Link href={`/messages?bulkSendId=${bulkSendId}`} title={name}>
        {name}
      </Link>
    ),
  },
  { label: 'State', cell: ({ state }) => state.toLowerCase() },
  { label: 'Rows', cell: ({ rows }) => whole(rows) },
  { label: 'Waiting', cell: ({ messages }) => whole(messages.queued) },
  { label: 'Sent', cell: ({ messages }) => whole(messages.sent + messages.delivered) },
  { label: 'Delivered', cell: ({ messages }) => whole(messages.delivered) },
  { label: 'Unknown', cell: ({ messages }) => whole(messages.unknown) },
  { label: 'Failed', cell: ({ messages }) => whole(messages.failed) },
  { label: 'Canceled', cell: ({ messages }) => whole(messages.canceled) },
  {
    label: 'Action',
    cell: (one) =>
      one.state === 'CANCELED' || (one.state === 'DONE' && one.messages.queued === 0) ? null : (
        <Button kind="danger" aria-label={`Cancel ${one.name}`} onClick={() => cancel(one)}>
          Cancel
        </Button>
      ),
  },
];

function CancelBulkSend({ of, owner, close }: { of: BulkSend; owner: string | undefined; close: () => void }) {
  const say = useSay();
  const path = `/api/core/bulk-sends/${encodeURIComponent(of.bulkSendId)}/cancel`;
  const cancel = async () => {
    const { canceled, tooLate } = await call<CanceledMessages>(path, { method: 'POST', client: owner });
    say(`${of.name} is canceled: ${whole(canceled)} canceled, ${whole(tooLate)} too late.`);
  };
  return (
    <Question
      title={`Cancel ${of.name}?`}
      verb="Cancel the bulk send"
      dismiss="Keep the bulk send"
      act={cancel}
      close={close}
    >
      <p>
        Messages that were not submitted are canceled, and the program that sends cannot send further rows. A canceled
        bulk send cannot be continued.
      </p>
    </Question>
  );
}
