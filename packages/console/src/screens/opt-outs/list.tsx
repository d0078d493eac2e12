import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { Numbers, OptOut, OptOutsPage } from '../../api/types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Confirm, Sheet } from '../../ui/dialogs.tsx';
import { useFilter } from '../../ui/history-state.ts';
import { usePages } from '../../ui/pages.ts';
import { Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { type Column, Pager, Table } from '../../ui/table.tsx';
import { useSay } from '../../ui/toasts.tsx';
import { E164, RecipientSearch, saidBy } from './shared.tsx';

const COLUMNS: readonly Column<OptOut>[] = [
  { label: 'Recipient', cell: ({ recipient }) => <b className="mono">{recipient}</b> },
  { label: 'Number', className: 'mono', cell: ({ numberId }) => numberId },
  { label: 'Origin', cell: ({ origin, keyword, source }) => saidBy(origin, keyword ?? source) },
  { label: 'Note', className: 'cut', cell: ({ note }) => note ?? <span className="muted">–</span> },
  { label: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { label: 'Action', cell: (optOut) => <RemoveOptOut optOut={optOut} /> },
];

/** Current opt-outs of recipients from numbers. */
export function OptOutList() {
  const [recipient, setRecipient] = useFilter('recipient');
  const { query, page, back, next } = usePages<OptOutsPage>('/opt-outs', { recipient }, { cursor: 'after' });
  return (
    <>
      <RecipientSearch recipient={recipient} find={setRecipient} />
      <Answer query={query} clear={recipient ? () => setRecipient('') : undefined}>
        {({ optOuts }) => (
          <>
            {optOuts.length === 0 ? (
              <Empty title={recipient ? `${recipient} has not opted out` : 'No opt-outs'}>
                <p>
                  A recipient who sends STOP to one of your numbers is listed here and gets no more messages from that
                  number.
                </p>
              </Empty>
            ) : (
              <Table
                label="Opt-outs"
                columns={COLUMNS}
                rows={optOuts}
                keyOf={({ numberId, recipient: who }) => `${numberId} ${who}`}
              />
            )}
            <Pager shown={optOuts.length} page={page} back={back} next={next} />
          </>
        )}
      </Answer>
    </>
  );
}

function RemoveOptOut({ optOut: { numberId, recipient } }: { optOut: OptOut }) {
  const { core } = useScope();
  const say = useSay();
  const path = `/opt-outs/${encodeURIComponent(numberId)}/${encodeURIComponent(recipient)}`;
  return (
    <Confirm
      title={`Remove the opt-out of ${recipient}?`}
      verb="Remove"
      act={() => core(path, { method: 'DELETE' }).then(() => say(`${recipient} gets messages again.`))}
      trigger={<Button>Remove</Button>}
    >
      <p>
        The recipient gets messages from this number again. Remove an opt-out only with documented consent. The opt-out
        stays in the history.
      </p>
    </Confirm>
  );
}

export function AddOptOut() {
  return (
    <Sheet title="Record an opt-out" trigger={<Button kind="primary">Record an opt-out</Button>}>
      {(close) => <AddForm done={close} />}
    </Sheet>
  );
}

function AddForm({ done }: { done: () => void }) {
  const { core } = useScope();
  const say = useSay();
  const numbers = useCore<Numbers>('/numbers');
  const adding = useAct(
    (body: object) => core<OptOut>('/opt-outs', { method: 'POST', body }),
    ({ recipient }) => {
      say(`${recipient} gets no more messages.`);
      done();
    },
  );
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    adding.mutate(Object.fromEntries(given));
  };
  const options = (numbers.data?.numbers ?? []).map(({ numberId, e164 }) => [numberId, e164] as const);
  return (
    <form className="form" onSubmit={add}>
      <Field label="Number">
        <Select name="numberId" options={options} required />
      </Field>
      <Field label="Recipient">
        <TextInput name="recipient" required {...E164} />
      </Field>
      <Field label="Source">
        <TextInput name="source" maxLength={255} placeholder="call centre" />
      </Field>
      <Field label="Note">
        <TextInput name="note" maxLength={1000} />
      </Field>
      {adding.error && <Problem error={adding.error} />}
      <Button type="submit" kind="primary" busy={adding.isPending}>
        Record
      </Button>
    </form>
  );
}
