import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { withQuery } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { Message, MessagesPage } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { useFilter } from '../../ui/history-state.ts';
import { usePages } from '../../ui/pages.ts';
import { BothTimes, Time } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, Pager, Table } from '../../ui/table.tsx';
import { type Change, ChangeButtons, ChangeDialog } from './changes.tsx';
import { PRIORITY_LABELS } from './priorities.ts';
import { PER_PAGE, untilFull } from './until-full.ts';

const EVERY_MS = 10_000;

interface Chosen {
  change: Change;
  message: Message;
}

/** Messages that wait for their `sendAt`, the newest first. */
export function ScheduledMessages() {
  const { clientId } = useScope();
  const [reference, setReference] = useFilter('externalReference');
  const [chosen, setChosen] = useState<Chosen>();
  const { query, page, back, next } = useScheduled(reference);
  return (
    <>
      <p className="lead">
        Messages with a time in the future, the newest first. Until the submit, each can be canceled or moved. Messages
        that wait only for quiet hours are in <Link href="/messages?status=QUEUED">the queued messages</Link>.
      </p>
      <ReferenceSearch reference={reference} find={setReference} />
      <Answer query={query} rows={8} clear={reference ? () => setReference('') : undefined}>
        {({ messages }) => (
          <div aria-busy={query.isPlaceholderData}>
            {messages.length === 0 ? (
              <Nothing reference={reference} next={next} />
            ) : (
              <Table
                label="Scheduled messages"
                columns={columns(setChosen)}
                rows={messages}
                keyOf={({ messageId }) => messageId}
              />
            )}
            <Pager shown={messages.length} page={page} back={back} next={next} />
          </div>
        )}
      </Answer>
      {chosen && <ChangeDialog {...chosen} owner={clientId} close={() => setChosen(undefined)} />}
    </>
  );
}

function useScheduled(externalReference: string) {
  const { core } = useScope();
  const filters = { status: 'QUEUED', externalReference };
  const read = (at: string | undefined, signal: AbortSignal) => {
    // The time of the request is no part of the list, because it would change with each refresh.
    const waiting = { ...filters, sendAfter: new Date().toISOString() };
    const readFrom = (limit: number, cursor: string | undefined) =>
      core<MessagesPage>(withQuery('/messages', { ...waiting, limit, cursor }), { signal });
    return untilFull(readFrom, at);
  };
  return usePages<MessagesPage>('/messages?scheduled', filters, { everyMs: EVERY_MS, limit: PER_PAGE, read });
}

const columns = (choose: (chosen: Chosen) => void): readonly Column<Message>[] => [
  { label: 'Send at', cell: ({ sendAt }) => <BothTimes at={sendAt} /> },
  { label: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  { label: 'Priority', cell: ({ priority }) => PRIORITY_LABELS[priority ?? 'NORMAL'] },
  { label: 'To', className: 'mono', cell: ({ to }) => to },
  {
    label: 'Reference',
    className: 'cut brief',
    cell: ({ externalReference }) => <span title={externalReference ?? ''}>{externalReference ?? '–'}</span>,
  },
  {
    label: 'Message',
    className: 'mono cut brief',
    cell: ({ messageId }) => <Link href={`/messages/${messageId}`}>{messageId}</Link>,
  },
  {
    label: 'Action',
    cell: (message) => <ChangeButtons of={message.to} choose={(change) => choose({ change, message })} />,
  },
];

function ReferenceSearch({ reference, find }: { reference: string; find: (reference: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    find(String(new FormData(event.currentTarget).get('reference')).trim());
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Field label="Reference">
          <TextInput key={reference} name="reference" type="search" defaultValue={reference} maxLength={255} />
        </Field>
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}

function Nothing({ reference, next }: { reference: string; next: (() => void) | undefined }) {
  if (next) {
    return (
      <Empty title="No scheduled message in the messages searched so far">
        <Button kind="primary" onClick={next}>
          Search older messages
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={reference ? `No scheduled messages with the reference ${reference}` : 'No scheduled messages'}>
      <p>
        A send with <code>sendAt</code> waits here until its time.
      </p>
    </Empty>
  );
}
