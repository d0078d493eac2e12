import type { Overview } from '../../api/operator-types.ts';
import { Plot } from '../../plots/plot.tsx';
import { rate, whole } from '../../ui/format.ts';
import { Page, Panel, State, Time } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { useOverview } from '../overview/overview.tsx';
import { RouteForm } from './route.tsx';
import { States } from './states.tsx';

type Link = Overview['carriers'][number];
type Submits = Overview['submits'][number];
type Process = Overview['processes'][number];

const LINKS: readonly Column<Link>[] = [
  { label: 'Carrier', cell: ({ name }) => <b>{name}</b> },
  { label: 'Link', cell: ({ link }) => link },
  { label: 'State', cell: ({ state }) => <State value={state} /> },
  { label: 'Held by', className: 'mono', cell: ({ heldBy }) => heldBy ?? <span className="muted">no process</span> },
];

const count =
  (outcome: string) =>
  ({ outcomes }: Submits) =>
    whole(outcomes[outcome] ?? 0);

const SUBMITS: readonly Column<Submits>[] = [
  { label: 'Carrier', cell: ({ carrier }) => <b>{carrier}</b> },
  { label: 'Rate', cell: ({ perSecond }) => `${rate(perSecond)}/s` },
  { label: 'Accepted', cell: count('accepted') },
  { label: 'Rejected', cell: count('rejected') },
  { label: 'Throttled', cell: count('throttled') },
  { label: 'Unreachable', cell: count('unreachable') },
  { label: 'Unknown', cell: count('unknown') },
];

const PROCESSES: readonly Column<Process>[] = [
  { label: 'Process', className: 'mono', cell: ({ id }) => id },
  { label: 'Host', cell: ({ host, pid }) => `${host}, pid ${pid}` },
  { label: 'Roles', cell: ({ roles }) => roles.join(', ') },
  { label: 'Version', cell: ({ version }) => version },
  { label: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
];

/** States of carriers, the explanation of routes, links to carriers, and the processes that hold them. */
export function Carriers() {
  const overview = useOverview();
  return (
    <Page title="Carriers">
      <States />
      <RouteForm />
      <Answer query={overview} rows={8}>
        {({ carriers, submits, processes, samples }) => (
          <>
            <Panel title="Links">
              {carriers.length === 0 ? (
                <Empty title="No carrier links">
                  <p>Start a process with the role outbound. Set its carriers in RC_CARRIERS.</p>
                </Empty>
              ) : (
                <Table label="Links" columns={LINKS} rows={carriers} keyOf={({ name, link }) => `${name} ${link}`} />
              )}
            </Panel>
            <Panel title="Segments">
              <Plot
                label="Accepted segments"
                unit="per second"
                times={samples.map(({ at }) => at)}
                series={[{ name: 'accepted', tone: 'a', values: samples.map(({ sent }) => sent) }]}
              />
            </Panel>
            {submits.length > 0 && (
              <Panel title="Segments by carrier since the start">
                <Table label="Segments by carrier" columns={SUBMITS} rows={submits} keyOf={({ carrier }) => carrier} />
              </Panel>
            )}
            <Panel title="Processes">
              <Table label="Processes" columns={PROCESSES} rows={processes} keyOf={({ id }) => id} />
            </Panel>
          </>
        )}
      </Answer>
    </Page>
  );
}
