import { call } from '../../api/call.ts';
import type { Carrier } from '../../api/operator-types.ts';
import { Button } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/dialogs.tsx';
import { duration, percent, rate, whole } from '../../ui/format.ts';
import { Panel, State } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { useCarriers } from './queries.ts';

const COLUMNS: readonly Column<Carrier>[] = [
  { label: 'Carrier', cell: (carrier) => <Name carrier={carrier} /> },
  { label: 'State', className: 'wide', cell: (carrier) => <Standing carrier={carrier} /> },
  { label: 'Rate', cell: ({ ratePerSecond }) => `${rate(ratePerSecond)}/s` },
  { label: 'Window', cell: ({ window }) => whole(window) },
  { label: 'Failed', cell: ({ failureShare }) => (failureShare === null ? '–' : percent(failureShare, 1)) },
  { label: 'Waiting', cell: ({ queued }) => whole(queued) },
  { label: 'Oldest', cell: ({ queued, oldestSeconds }) => (queued === 0 ? '–' : duration(oldestSeconds)) },
  { label: 'Action', cell: (carrier) => <Action carrier={carrier} /> },
];

/** State of each carrier over all processes, with pause and resume. */
export function States() {
  const carriers = useCarriers();
  return (
    <Panel
      title="Carriers"
      aside={<span className="muted small">all processes, failed submits of the last minute</span>}
    >
      <Answer query={carriers} rows={3}>
        {({ carriers: all }) =>
          all.length === 0 ? (
            <Empty title="No carriers">
              <p>Set them in RC_CARRIERS.</p>
            </Empty>
          ) : (
            <Table label="Carriers" columns={COLUMNS} rows={all} keyOf={({ name }) => name} />
          )
        }
      </Answer>
    </Panel>
  );
}

function Name({ carrier: { name, type, isDefault, disabled, configDiffers } }: { carrier: Carrier }) {
  const notes = [type, isDefault && 'default', disabled && 'disabled, takes no new messages']
    .filter(Boolean)
    .join(', ');
  return (
    <div>
      <p>
        <b>{name}</b>
      </p>
      <p className="muted small">{notes}</p>
      {configDiffers && <p className="small">Processes have different settings.</p>}
    </div>
  );
}

function Standing({ carrier: { state, reason } }: { carrier: Carrier }) {
  return (
    <div>
      <State value={state} />
      {reason && <p className="small">{reason}</p>}
    </div>
  );
}

function Action({ carrier: { name, paused, queued } }: { carrier: Carrier }) {
  const change = (verb: 'pause' | 'resume') => () =>
    call<Carrier>(`/api/admin/carriers/${encodeURIComponent(name)}/${verb}`, { method: 'POST' });
  if (paused) {
    return (
      <Confirm
        title={`Resume ${name}?`}
        verb="Resume"
        kind="primary"
        act={change('resume')}
        trigger={<Button aria-label={`Resume ${name}`}>Resume</Button>}
      >
        <p>All processes submit messages to {name} again.</p>
        {queued > 0 && <p>Waiting messages: {whole(queued)}.</p>}
      </Confirm>
    );
  }
  return (
    <Confirm
      title={`Pause ${name}?`}
      verb="Pause"
      act={change('pause')}
      trigger={<Button aria-label={`Pause ${name}`}>Pause</Button>}
    >
      <p>
        All processes stop submits to {name} within two seconds, until you resume it. Receipts and inbound messages
        continue.
      </p>
      <p>Messages use another carrier of their route, or wait for up to 24 hours.</p>
    </Confirm>
  );
}
