import { useMemo } from 'react';
import type { Failure } from '../../api/call.ts';
import { useCore } from '../../api/scope.tsx';
import type { EventBody, Message, Numbers, PhoneNumber } from '../../api/types.ts';
import { Field, Select } from '../../ui/controls.tsx';
import { precise } from '../../ui/format.ts';
import { useChosen } from '../../ui/history-state.ts';
import { Page, Panel } from '../../ui/parts.tsx';
import { Answer, Empty, Loading, Problem } from '../../ui/states.tsx';
import { isUsable } from '../numbers/can-send.ts';
import { bubblesOf, handsetOf } from './bubbles.ts';
import { useFeed } from './feed.ts';
import { Handset } from './handset.tsx';
import { Send } from './send.tsx';

/** Recipient of the examples in README and documents. */
const HANDSET = '+15551234567';

/** Behaviour of each number: docs/sandbox.md. */
const HANDSETS = [
  [HANDSET, `${HANDSET} – the recipient in the examples`],
  ['+15557654321', '+15557654321 – delivered'],
  ['+15550000002', '+15550000002 – rejected permanently'],
  ['+15550000004', '+15550000004 – throttled once, then delivered'],
  ['+15550000006', '+15550000006 – no response, resolved by a receipt'],
  ['+15550000007', '+15550000007 – delivered after five seconds'],
  ['+15550000009', '+15550000009 – delivered, then replies'],
  ['+15550000010', '+15550000010 – accepted, then undeliverable'],
] as const;

/** The handset of the sandbox, next to the events that the system of a customer receives. */
export function Phone() {
  const numbers = useCore<Numbers>('/numbers');
  return (
    <Page title="Phone">
      <p className="lead">
        A handset of the sandbox. A message that you send to it through the API appears here when the simulated carrier
        has delivered it. A reply from the handset arrives at your webhooks as <code>message.inbound</code>.
      </p>
      <Answer query={numbers} rows={8}>
        {({ numbers: own }) =>
          own.length === 0 ? (
            <Empty title="This API client has no number">
              <p>An operator assigns numbers with POST /api/admin/numbers.</p>
            </Empty>
          ) : (
            <Conversation numbers={own} />
          )
        }
      </Answer>
    </Page>
  );
}

function Conversation({ numbers }: { numbers: readonly PhoneNumber[] }) {
  const { events, failure, start } = useFeed();
  // The latest message determines the first choice.
  if (!start) return failure ? <Problem error={failure} /> : <Loading rows={8} />;
  return <Chosen numbers={numbers} events={events} failure={failure} latest={start.latest} />;
}

interface ChosenProps {
  numbers: readonly PhoneNumber[];
  events: readonly EventBody[];
  failure: Failure | undefined;
  /** Latest message at the time of opening. */
  latest: Message | undefined;
}

function Chosen({ numbers, events, failure, latest }: ChosenProps) {
  const [handset, setHandset] = useChosen('handset', (latest && handsetOf(latest)) ?? HANDSET);
  const usable = numbers.find(isUsable);
  const [numberId, setNumberId] = useChosen('number', latest?.numberId ?? '');
  const number = numbers.find((one) => one.numberId === numberId) ?? usable ?? (numbers[0] as PhoneNumber);
  const bubbles = useMemo(() => bubblesOf(events, handset, number.e164), [events, handset, number.e164]);
  const written = bubbles.filter(({ direction }) => direction === 'out').length;
  const options = numbers.map(({ numberId: id, e164 }) => [id, `${e164} – ${id}`] as const);
  const isListed = HANDSETS.some(([e164]) => e164 === handset);
  const handsets = isListed ? HANDSETS : [[handset, handset] as const, ...HANDSETS];

  return (
    <>
      {failure && <Problem error={failure} />}
      <div className="filters">
        <Field label="Handset">
          <Select options={handsets} value={handset} onChange={({ target }) => setHandset(target.value)} />
        </Field>
        <Field label="Your number">
          <Select options={options} value={number.numberId} onChange={({ target }) => setNumberId(target.value)} />
        </Field>
      </div>
      <div className="phone-page">
        <Handset key={`${handset} ${number.e164}`} handset={handset} number={number.e164} bubbles={bubbles} />
        <div className="phone-side">
          <Send key={`${handset} ${number.numberId}`} number={number} handset={handset} written={written} />
          <Feed events={events} />
        </div>
      </div>
    </>
  );
}

function Feed({ events }: { events: readonly EventBody[] }) {
  return (
    <Panel
      title="2. Watch the events"
      aside={<span className="muted small">as sent to your webhooks, latest first</span>}
    >
      {events.length === 0 ? (
        <Empty title="Waiting for the first event" />
      ) : (
        <ol className="feed">
          {events.map((event) => (
            <li key={event.eventId}>
              <details>
                <summary>
                  <time dateTime={event.occurredAt}>{precise(event.occurredAt)}</time> <b>{event.type}</b>{' '}
                  <span className="muted mono">{event.type === 'message.inbound' ? event.from : event.to}</span>
                </summary>
                <pre>{JSON.stringify(event, null, 2)}</pre>
              </details>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
