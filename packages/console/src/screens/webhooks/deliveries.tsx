import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useAct } from '../../api/act.ts';
import { useScope } from '../../api/scope.tsx';
import type { Attempt, DeliveriesPage, Delivery } from '../../api/types.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { View } from '../../ui/dialogs.tsx';
import { useFilter } from '../../ui/history-state.ts';
import { usePages } from '../../ui/pages.ts';
import { State, Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { type Column, Pager, Table } from '../../ui/table.tsx';
import { useSay } from '../../ui/toasts.tsx';

const EVERY_MS = 5000;

const STATES = [
  ['', 'Any state'],
  ['PENDING', 'pending'],
  ['DELIVERED', 'delivered'],
  ['FAILED', 'failed, no further attempts'],
  ['UNSENT', 'unsent, no endpoint'],
] as const;

const columnsOf = (open: (delivery: Delivery) => void): readonly Column<Delivery>[] => [
  { label: 'Event', cell: ({ type }) => <b>{type}</b> },
  { label: 'State', cell: ({ state }) => <State value={state} /> },
  {
    label: 'Message',
    cell: ({ messageId }) => (
      <Link href={`/messages/${messageId}`} className="mono">
        {messageId}
      </Link>
    ),
  },
  { label: 'Occurred', cell: ({ occurredAt }) => <Time at={occurredAt} /> },
  { label: 'Next attempt', cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} /> },
  { label: 'Attempts', cell: (delivery) => <Attempts count={delivery.attempts.length} open={() => open(delivery)} /> },
  { label: 'Action', cell: ({ eventId }) => <ReplayOne eventId={eventId} /> },
];

/** All events with all attempts to deliver them. */
export function Deliveries() {
  const [state, setState] = useFilter('state');
  // Kept outside of the row, because a list refresh may remove the row while its attempts are shown.
  const [opened, open] = useState<Delivery>();
  const columns = useMemo(() => columnsOf(open), []);
  const { query, page, back, next } = usePages<DeliveriesPage>(
    '/webhooks/deliveries',
    { state },
    { everyMs: EVERY_MS },
  );
  return (
    <>
      <div className="filters">
        <Field label="State">
          <Select options={STATES} value={state} onChange={({ target }) => setState(target.value)} />
        </Field>
      </div>
      <Answer query={query} rows={12} clear={state ? () => setState('') : undefined}>
        {({ deliveries }) => (
          <>
            {deliveries.length === 0 ? (
              <Empty title={next ? 'No match in the events searched so far' : 'No matching events'}>
                {next && <Button onClick={next}>Search older events</Button>}
              </Empty>
            ) : (
              <Table label="Deliveries" columns={columns} rows={deliveries} keyOf={({ eventId }) => eventId} />
            )}
            <Pager shown={deliveries.length} page={page} back={back} next={next} />
          </>
        )}
      </Answer>
      {opened && (
        <View title={`Attempts of ${opened.type}`} close={() => open(undefined)}>
          <ol className="attempts">
            {opened.attempts.map((attempt) => (
              <li key={attempt.at}>
                <OneAttempt attempt={attempt} />
              </li>
            ))}
          </ol>
        </View>
      )}
    </>
  );
}

function Attempts({ count, open }: { count: number; open: () => void }) {
  if (count === 0) return <span className="muted">none</span>;
  return (
    <Button kind="quiet" onClick={open}>
      {count === 1 ? '1 attempt' : `${count} attempts`}
    </Button>
  );
}

function OneAttempt({ attempt }: { attempt: Attempt }) {
  const { at, url, outcome, statusCode, error, durationMs, responseStart } = attempt;
  return (
    <>
      <p>
        <Time at={at} /> <State value={outcome} /> {statusCode ?? error} in {durationMs} ms
      </p>
      <p className="mono small">{url}</p>
      {responseStart && <pre>{responseStart}</pre>}
    </>
  );
}

function ReplayOne({ eventId }: { eventId: string }) {
  const { core } = useScope();
  const say = useSay();
  const replaying = useAct(
    () => core(`/webhooks/deliveries/${eventId}/replay`, { method: 'POST' }),
    () => say('Replay queued with the full retry schedule.'),
  );
  return (
    <>
      <Button busy={replaying.isPending} onClick={() => replaying.mutate(undefined)}>
        Replay
      </Button>
      {replaying.error && (
        <Problem
          error={replaying.error}
          conflict="Set the URL or enable the endpoint under “Endpoints”, then replay the event."
        />
      )}
    </>
  );
}
