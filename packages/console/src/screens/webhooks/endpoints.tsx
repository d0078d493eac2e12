import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { Endpoint, TestEventResult, Webhooks } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { Panel, State, Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { useSay } from '../../ui/toasts.tsx';
import { endpointState } from './endpoint-state.ts';

const EVERY_MS = 5000;

export function Endpoints() {
  const webhooks = useCore<Webhooks>('/webhooks', EVERY_MS);
  return (
    <Answer query={webhooks}>
      {(settings) => (
        <>
          <Panel title="Endpoint URLs">
            <Urls settings={settings} />
          </Panel>
          <TestEvent settings={settings} />
          <Panel title="Endpoint status" aside={<span className="muted small">including endpoints of numbers</span>}>
            <Health endpoints={settings.endpoints} />
          </Panel>
        </>
      )}
    </Answer>
  );
}

const LABELS = { deliveryUrl: 'Delivery events', inboundUrl: 'Inbound messages' };
type Url = keyof typeof LABELS;
const URLS = Object.keys(LABELS) as Url[];

/** URL form. Keeps edited fields during a refresh of the settings, and saves edited fields only. */
function Urls({ settings }: { settings: Webhooks }) {
  const { core } = useScope();
  const say = useSay();
  const [typed, setTyped] = useState<Partial<Record<Url, string>>>({});
  // After a save, the value of the field follows the settings again.
  useEffect(() => {
    const isOpen = ([name, text]: [string, string]) => text !== (settings[name as Url] ?? '');
    setTyped((before) => Object.fromEntries(Object.entries(before).filter(isOpen)));
  }, [settings]);
  const changed = URLS.filter((name) => typed[name] !== undefined && typed[name] !== (settings[name] ?? ''));
  const saving = useAct(
    (body: object) => core('/webhooks', { method: 'PATCH', body }),
    () => say('Saved. Further attempts use the new URLs.'),
  );
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (changed.length > 0) saving.mutate(Object.fromEntries(changed.map((name) => [name, typed[name] || null])));
    else say('No changes to save.');
  };
  const input = (name: Url) => (
    <TextInput
      name={name}
      type="url"
      placeholder="https://"
      value={typed[name] ?? settings[name] ?? ''}
      onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
    />
  );
  return (
    <form className="form" onSubmit={save}>
      <Field label={LABELS.deliveryUrl} hint="message.queued, sent, delivery and failed. Not sent if empty.">
        {input('deliveryUrl')}
      </Field>
      <Field label={LABELS.inboundUrl} hint="message.inbound. The settings of a number override both URLs.">
        {input('inboundUrl')}
      </Field>
      {saving.error && <Problem error={saving.error} labels={LABELS} />}
      <Button type="submit" kind="primary" busy={saving.isPending}>
        Save
      </Button>
    </form>
  );
}

function TestEvent({ settings }: { settings: Webhooks }) {
  const { core } = useScope();
  const trying = useAct((purpose: string, signal) =>
    core<TestEventResult>('/webhooks/test', { method: 'POST', body: { purpose }, signal }),
  );
  const begunBy = useRef<HTMLElement>(null);
  const { isPending } = trying;
  // The button that cancels the wait disappears after the wait. Restores the focus of keyboard users.
  useEffect(() => {
    if (!isPending && document.activeElement === document.body) begunBy.current?.focus();
  }, [isPending]);
  const button = (purpose: string, url: string | null) => (
    <Button
      disabled={!url}
      busy={isPending}
      onClick={({ currentTarget }) => {
        begunBy.current = currentTarget;
        trying.mutate(purpose);
      }}
    >
      Test the {purpose} endpoint
    </Button>
  );
  return (
    <Panel title="Test event">
      <p className="muted">Sends one signed test event immediately and shows the response.</p>
      <div className="actions">
        {button('delivery', settings.deliveryUrl)}
        {button('inbound', settings.inboundUrl)}
        {isPending && (
          <Button kind="quiet" onClick={trying.cancel}>
            Stop waiting
          </Button>
        )}
      </div>
      <div aria-live="polite">
        {isPending && <p className="muted">Waiting for the response, up to 10 seconds.</p>}
        {trying.isCancelled && <p className="muted">Stopped waiting. The event may have arrived.</p>}
        {trying.data && <Outcome result={trying.data} />}
      </div>
      {trying.error && <Problem error={trying.error} />}
    </Panel>
  );
}

function Outcome({
  result: { url, delivered, statusCode, error, durationMs, responseStart },
}: {
  result: TestEventResult;
}) {
  return (
    <div className={delivered ? 'notice good' : 'notice bad'}>
      <p>
        <State value={delivered ? 'DELIVERED' : 'FAILED'} /> {url} {statusCode ? `returned ${statusCode}` : error} in{' '}
        {durationMs} ms.
      </p>
      {!delivered && responseStart && <pre>{responseStart}</pre>}
    </div>
  );
}

function Health({ endpoints }: { endpoints: readonly Endpoint[] }) {
  if (endpoints.length === 0) return <Empty title="No endpoint used yet" />;
  return (
    <PagedTable
      label="Endpoints"
      rows={endpoints}
      keyOf={({ url }) => url}
      columns={[
        { label: 'URL', className: 'mono cut wide', cell: ({ url }) => url },
        { label: 'State', cell: (endpoint) => <State value={endpointState(endpoint)} /> },
        { label: 'Last success', cell: ({ succeededAt }) => <Time at={succeededAt} /> },
        { label: 'Failing since', cell: ({ failingSince }) => <Time at={failingSince} /> },
        { label: 'Failures', className: 'number', cell: ({ failures }) => failures },
        { label: 'Action', cell: (endpoint) => <Enable endpoint={endpoint} /> },
      ]}
    />
  );
}

function Enable({ endpoint: { url, disabledAt, disabledBecause } }: { endpoint: Endpoint }) {
  const { core } = useScope();
  const enabling = useAct(() => core('/webhooks/enable', { method: 'POST', body: { url } }));
  if (disabledAt === null) return <span className="muted">–</span>;
  return (
    <>
      <Button busy={enabling.isPending} onClick={() => enabling.mutate(undefined)}>
        Enable again
      </Button>
      <p className="muted small">{disabledBecause}</p>
      {enabling.error && <Problem error={enabling.error} />}
    </>
  );
}
