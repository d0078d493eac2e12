import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { call, withQuery } from '../../api/call.ts';
import type { RouteExplanation } from '../../api/operator-types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Facts, Panel, State } from '../../ui/parts.tsx';
import { Problem } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';

const TYPES = [
  ['SMS', 'SMS'],
  ['MMS', 'MMS'],
] as const;

type Candidate = RouteExplanation['candidates'][number];
type Skipped = RouteExplanation['skipped'][number];

const CANDIDATES: readonly Column<Candidate>[] = [
  { label: 'Carrier', cell: ({ carrier }) => <b>{carrier}</b> },
  { label: 'Now', cell: ({ problem }) => problem ?? 'accepts messages' },
];

const none = <span className="muted">–</span>;

const SKIPPED: readonly Column<Skipped>[] = [
  { label: 'Route', cell: ({ route }) => route ?? none },
  { label: 'Carrier', cell: ({ carrier }) => carrier ?? none },
  { label: 'Reason', cell: ({ reason }) => reason },
];

/** Explains which route a message would take, without sending one. */
export function RouteForm() {
  const asking = useAct((given: Record<string, string>, signal) =>
    call<RouteExplanation>(withQuery('/api/admin/route', given), { signal }),
  );
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    asking.mutate(Object.fromEntries(given));
  };
  return (
    <Panel title="Which route would a message take, and why?">
      <search>
        <form className="filters" onSubmit={ask}>
          <Field label="From number or pool">
            <TextInput name="from" required maxLength={255} placeholder="+15551234567, num_… or pool_…" />
          </Field>
          <Field label="Recipient">
            <TextInput name="to" required maxLength={20} placeholder="+15557654321" />
          </Field>
          <Field label="Message type">
            <Select name="messageType" options={TYPES} />
          </Field>
          <Button type="submit" busy={asking.isPending}>
            Find the route
          </Button>
        </form>
      </search>
      {asking.error && <Problem error={asking.error} labels={{ to: 'Recipient', from: 'From number or pool' }} />}
      <div aria-live="polite">{asking.data && !asking.error && <Explained explained={asking.data} />}</div>
    </Panel>
  );
}

function Explained({ explained }: { explained: RouteExplanation }) {
  const { numberId, carrier, route, reason, errorCode, isAvailable, candidates, skipped } = explained;
  return (
    <div className="explained">
      {carrier === null ? (
        <div className="notice bad">
          <p>
            <strong>No route.</strong> {reason}. A send to this recipient gets the error <code>{errorCode}</code>.
          </p>
        </div>
      ) : (
        <Facts
          of={[
            ['Number', <code key="number">{numberId}</code>],
            ['Carrier', <b key="carrier">{carrier}</b>],
            ['Route', route ?? 'none'],
            ['Reason', reason],
            ['Now', <State key="now" value={isAvailable ? 'accepts messages' : 'message would wait'} />],
          ]}
        />
      )}
      {candidates.length > 0 && (
        <>
          <h3>Carriers, in the order in which they are tried</h3>
          <Table
            label="Carriers of the route"
            columns={CANDIDATES}
            rows={candidates}
            keyOf={({ carrier: name }) => name}
          />
        </>
      )}
      {skipped.length > 0 && (
        <>
          <h3>Skipped routes and carriers</h3>
          <Table
            label="Skipped routes and carriers"
            columns={SKIPPED}
            rows={skipped}
            keyOf={({ route: name, carrier: skippedCarrier }) => `${name} ${skippedCarrier}`}
          />
        </>
      )}
    </div>
  );
}
