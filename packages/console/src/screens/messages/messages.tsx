import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import type { Message, MessagesPage, RejectionsPage } from '../../api/types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { localOf, momentOf } from '../../ui/format.ts';
import { useAddress } from '../../ui/history-state.ts';
import { type Filters, usePages } from '../../ui/pages.ts';
import { Page } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Pager } from '../../ui/table.tsx';
import { NoMessages } from './no-messages.tsx';
import { RejectionTable } from './rejection.tsx';
import { filtersOf, meantBy, otherMeaning, searchOf } from './search.ts';
import { MessageTable } from './table.tsx';

const EVERY_MS = 5000;

const STATUSES: readonly (Message['status'] | 'REJECTED')[] = [
  'QUEUED',
  'SENDING',
  'UNKNOWN',
  'SENT',
  'DELIVERED',
  'FAILED',
  'RECEIVED',
  'REJECTED',
];
const STATUS_OPTIONS = [['', 'any'], ...STATUSES.map((status) => [status, status.toLowerCase()] as const)] as const;
const DIRECTIONS = [
  ['', 'both'],
  ['OUTBOUND', 'outbound'],
  ['INBOUND', 'inbound'],
] as const;

/** Message search. The filters are stored in the URL, so that a search can be saved and shared. */
export function Messages() {
  const [address, change] = useAddress();
  const filters = filtersOf(address);
  const [, go] = useLocation();
  const set = (changed: Filters) => change(searchOf({ ...filters, ...changed }));
  return (
    <Page title="Messages">
      <Search filters={filters} set={set} open={(messageId) => go(`/messages/${encodeURIComponent(messageId)}`)} />
      <List filters={filters} set={set} clear={() => go('/messages')} />
    </Page>
  );
}

interface SearchProps {
  filters: Filters;
  set: (change: Filters) => void;
  open: (messageId: string) => void;
}

function Search({ filters, set, open }: SearchProps) {
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const meant = meantBy(String(new FormData(event.currentTarget).get('find') ?? ''));
    if ('messageId' in meant) return open(meant.messageId);
    set({ to: undefined, externalReference: undefined, bulkSendId: undefined, ...meant.filter });
  };
  const { to, externalReference, bulkSendId, status, direction, createdAfter, createdBefore } = filters;
  const found = to ?? externalReference ?? bulkSendId ?? '';
  return (
    <search>
      <form className="filters" onSubmit={find}>
        <Field label="Find">
          <TextInput
            key={found}
            name="find"
            type="search"
            defaultValue={found}
            placeholder="ID, recipient or reference"
          />
        </Field>
        <Button type="submit">Find</Button>
        <Field label="Status">
          <Select
            options={STATUS_OPTIONS}
            value={status ?? ''}
            onChange={(event) => set({ status: event.target.value })}
          />
        </Field>
        <Field label="Direction">
          <Select
            options={DIRECTIONS}
            value={direction ?? ''}
            onChange={(event) => set({ direction: event.target.value })}
          />
        </Field>
        <Moment label="Created from" value={createdAfter} set={(value) => set({ createdAfter: value })} />
        <Moment label="Created until" value={createdBefore} set={(value) => set({ createdBefore: value })} />
      </form>
    </search>
  );
}

interface MomentProps {
  label: string;
  value: string | undefined;
  set: (value: string | undefined) => void;
}

/** A time in the local time zone. The API uses UTC. */
function Moment({ label, value, set }: MomentProps) {
  return (
    <Field label={label}>
      <TextInput
        type="datetime-local"
        max="9999-12-31T23:59"
        value={localOf(value)}
        onChange={({ target }) => set(momentOf(target.value))}
      />
    </Field>
  );
}

interface ListProps {
  filters: Filters;
  set: (change: Filters) => void;
  clear: () => void;
}

function List({ filters, set, clear }: ListProps) {
  const { query, page, back, next } = usePages<MessagesPage | RejectionsPage>('/messages', filters, {
    everyMs: EVERY_MS,
  });
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <Answer query={query} rows={12} clear={isFiltered ? clear : undefined}>
      {({ messages }) => (
        <div aria-busy={query.isPlaceholderData}>
          {messages.length > 0 && <Rows messages={messages} />}
          {messages.length === 0 && (isFiltered || page > 1) && (
            <Nothing next={next} clear={clear} filters={filters} set={set} />
          )}
          {messages.length === 0 && !isFiltered && page === 1 && <NoMessages />}
          <Pager shown={messages.length} page={page} back={back} next={next} />
        </div>
      )}
    </Answer>
  );
}

/** The rows of a page. While the next page loads, those of the previous search may still be visible. */
function Rows({ messages }: Pick<MessagesPage | RejectionsPage, 'messages'>) {
  return isRejections(messages) ? <RejectionTable rejections={messages} /> : <MessageTable messages={messages} />;
}

function isRejections(messages: (MessagesPage | RejectionsPage)['messages']): messages is RejectionsPage['messages'] {
  return messages[0]?.status === 'REJECTED';
}

interface NothingProps extends ListProps {
  next: (() => void) | undefined;
}

/** Each page examines a limited number of messages. An empty page may precede pages with matches. */
function Nothing({ next, filters, set, clear }: NothingProps) {
  const other = otherMeaning(filters);
  return (
    <Empty title={next ? 'No match in the messages searched so far' : 'No matching messages'}>
      {next && (
        <Button kind="primary" onClick={next}>
          Search older messages
        </Button>
      )}
      {other && <Button onClick={() => set(other.filter)}>Search as a {other.name}</Button>}
      <Button onClick={clear}>Clear the search</Button>
    </Empty>
  );
}
