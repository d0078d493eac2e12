import { Progress } from '@base-ui/react/progress';
import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { Replays as All, Replay } from '../../api/types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { momentOf, whole } from '../../ui/format.ts';
import { Panel, State, Time } from '../../ui/parts.tsx';
import { Answer, Empty, Problem } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';

const EVERY_MS = 1000;

const WHICH = [
  ['MISSING', 'All undelivered events'],
  ['FAILED', 'Only failed events'],
] as const;

/** Replays of undelivered events since a time. A replay continues after the page was closed. */
export function Replays() {
  const replays = useCore<All>('/webhooks/replays', EVERY_MS);
  return (
    <>
      <Panel title="Replay missed events">
        <Start />
      </Panel>
      <Panel title="Replays">
        <Answer query={replays}>
          {({ replays: all }) => (all.length === 0 ? <Empty title="No replays yet" /> : <List replays={all} />)}
        </Answer>
      </Panel>
    </>
  );
}

function Start() {
  const { core } = useScope();
  const starting = useAct((body: object) => core<Replay>('/webhooks/replays', { method: 'POST', body }));
  const start = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { since, which } = Object.fromEntries(new FormData(event.currentTarget));
    starting.mutate({ since: momentOf(String(since)), which });
  };
  return (
    <form className="inline-form" onSubmit={start}>
      <Field label="Since">
        <TextInput name="since" type="datetime-local" max="9999-12-31T23:59" required />
      </Field>
      <Field label="Events">
        <Select name="which" options={WHICH} />
      </Field>
      <Button type="submit" kind="primary" busy={starting.isPending}>
        Start the replay
      </Button>
      {starting.error && <Problem error={starting.error} />}
    </form>
  );
}

function List({ replays }: { replays: readonly Replay[] }) {
  return (
    <Table
      label="Replays"
      rows={replays}
      keyOf={({ replayId }) => replayId}
      columns={[
        { label: 'Started', cell: ({ createdAt }) => <Time at={createdAt} /> },
        { label: 'Since', cell: ({ since }) => <Time at={since} /> },
        { label: 'Events', cell: ({ which }) => which.toLowerCase() },
        { label: 'State', cell: ({ status }) => <State value={status} /> },
        { label: 'Progress', className: 'wide', cell: (replay) => <Course replay={replay} /> },
        { label: 'Action', cell: (replay) => <Cancel replay={replay} /> },
      ]}
    />
  );
}

/** The total is unknown until the end, so the bar only shows activity. */
function Course({ replay: { status, examined, replayed } }: { replay: Replay }) {
  const running = status === 'RUNNING';
  return (
    <Progress.Root value={running ? null : 100} aria-label="Progress of the replay">
      {running && (
        <Progress.Track className="track">
          <Progress.Indicator className="track-bar" />
        </Progress.Track>
      )}
      <span aria-live="polite">
        {whole(replayed)} replayed, {whole(examined)} examined
      </span>
    </Progress.Root>
  );
}

function Cancel({ replay: { replayId, status } }: { replay: Replay }) {
  const { core } = useScope();
  const cancelling = useAct(() => core(`/webhooks/replays/${replayId}`, { method: 'DELETE' }));
  if (status !== 'RUNNING') return <span className="muted">–</span>;
  return (
    <>
      <Button busy={cancelling.isPending} onClick={() => cancelling.mutate(undefined)}>
        Cancel
      </Button>
      {cancelling.error && <Problem error={cancelling.error} />}
    </>
  );
}
