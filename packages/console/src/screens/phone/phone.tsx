import { type FormEvent, useEffect, useMemo } from 'react';
import { useAct } from '../../api/act.ts';
import { exchange, Failure } from '../../api/call.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { EventBody, Numbers, PhoneNumber, Sent } from '../../api/types.ts';
import { Button, Command, Field, Select, TextInput } from '../../ui/controls.tsx';
import { precise } from '../../ui/format.ts';
import { useChosen } from '../../ui/history-state.ts';
import { Page, Panel } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { sendCommand } from '../messages/send-command.ts';
import { bubblesOf } from './bubbles.ts';
import { useFeed } from './feed.ts';
import { Handset } from './handset.tsx';

/** An unassigned number, to which the simulator delivers after about 200 ms. */
const HANDSET = '+15557654321';

/** Behaviour of each number: docs/sandbox.md. */
const HANDSETS = [
  [HANDSET, `${HANDSET} – delivered`],
  ['+15551234567', '+15551234567 – the recipient in the examples'],
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
  const { events, failure } = useFeed();
  const [handset, setHandset] = useChosen('handset', HANDSET);
  const usable = numbers.find(({ status, campaignRegId }) => status === 'ACTIVE' && campaignRegId !== null);
  const [numberId, setNumberId] = useChosen('number', '');
  const number = numbers.find((one) => one.numberId === numberId) ?? usable ?? (numbers[0] as PhoneNumber);
  const bubbles = useMemo(() => bubblesOf(events, handset, number.e164), [events, handset, number.e164]);
  const written = bubbles.filter(({ direction }) => direction === 'out').length;
  const options = numbers.map(({ numberId: id, e164 }) => [id, `${e164} – ${id}`] as const);

  return (
    <>
      {failure && <Problem error={failure} />}
      <div className="filters">
        <Field label="Handset">
          <Select options={HANDSETS} value={handset} onChange={({ target }) => setHandset(target.value)} />
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

interface SendProps {
  number: PhoneNumber;
  handset: string;
  /** Number of messages from the handset. */
  written: number;
}

function Send({ number, handset, written }: SendProps) {
  const { clientId } = useScope();
  const sending = useAct(async (text: string) => {
    const body = { sendFrom: number.numberId, to: [handset], messageType: 'SMS', text };
    const request = { method: 'POST', once: true, client: clientId, body } as const;
    const { answer, requestId } = await exchange<Sent>('/api/core/messages/send', request);
    const refused = answer.errors[0]?.error;
    if (refused) throw new Failure(202, refused.code, refused.message, requestId);
  });
  // Clears the error, because the message from the handset may have been START.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect runs for each message
  useEffect(() => sending.reset(), [written]);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    sending.mutate(String(new FormData(event.currentTarget).get('text')));
  };
  return (
    <Panel title="1. Send a message">
      <form className="inline-form" onSubmit={send}>
        <Field label="Text">
          <TextInput name="text" defaultValue="Hello from Red Cloud" required maxLength={1600} />
        </Field>
        <Button type="submit" kind="primary" busy={sending.isPending}>
          Send through the API
        </Button>
      </form>
      {sending.error && (
        <Problem
          error={sending.error}
          next={
            sending.error.code === 'RECIPIENT_OPTED_OUT' ? 'Send START from the handset to opt in again.' : undefined
          }
        />
      )}
      <details>
        <summary>Command for a terminal</summary>
        <Command text={sendCommand({ origin: location.origin, clientId, numberId: number.numberId, to: handset })} />
      </details>
    </Panel>
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
