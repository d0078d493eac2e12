import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { call } from '../../api/call.ts';
import type { Overview as Figures, Sample } from '../../api/operator-types.ts';
import { Plot } from '../../plots/plot.tsx';
import { duration, percent, rate, whole } from '../../ui/format.ts';
import { Page, Panel, State } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Tile, Tiles } from './tiles.tsx';

const EVERY_MS = 5000;

/** Metrics of all processes, for operators. */
export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => call<Figures>('/api/admin/overview', { signal }),
    refetchInterval: EVERY_MS,
  });
}

export function Overview() {
  const overview = useOverview();
  return (
    <Page title="Overview">
      <Answer query={overview} rows={10}>
        {(figures) => (
          <>
            <Now figures={figures} />
            <Plots samples={figures.samples} />
            <div className="columns">
              <Failures figures={figures} />
              <Links figures={figures} />
            </div>
          </>
        )}
      </Answer>
    </Page>
  );
}

function Now({ figures: { samples, totals, endpoints } }: { figures: Figures }) {
  const latest = samples.at(-1);
  const ended = totals.delivered + totals.failed;
  const queued = latest?.queued ?? { outbound: 0, webhooks: 0, outcomes: 0 };
  const oldest = latest?.oldestSeconds ?? { outbound: 0, webhooks: 0 };
  const troubled = endpoints.failing + endpoints.disabled;
  return (
    <Tiles>
      <Tile
        label="Accepted"
        value={`${rate(latest?.accepted ?? 0)}/s`}
        note={`${whole(totals.accepted)} since the start`}
      />
      <Tile label="Delivery rate" value={percent(totals.delivered, ended)} note={`of ${whole(ended)} completed`} />
      <Tile
        label="Messages queued"
        value={whole(queued.outbound)}
        note={`oldest due job: ${age(oldest.outbound, queued.outbound)}`}
      />
      <Tile
        label="Webhooks queued"
        value={whole(queued.webhooks)}
        note={`oldest due job: ${age(oldest.webhooks, queued.webhooks)}`}
      />
      <Tile
        label="Failing endpoints"
        value={whole(troubled)}
        tone={troubled === 0 ? 'good' : 'bad'}
        note={`of ${whole(endpoints.known)} known, ${whole(endpoints.disabled)} disabled`}
      />
    </Tiles>
  );
}

const age = (seconds: number, count: number): string => (count === 0 || seconds === 0 ? '–' : duration(seconds));

function Plots({ samples }: { samples: Sample[] }) {
  const times = samples.map(({ at }) => at);
  const of = (pick: (sample: Sample) => number) => samples.map(pick);
  return (
    <div className="plots">
      <Panel title="Messages">
        <Plot
          label="Messages"
          unit="per second"
          times={times}
          series={[
            { name: 'accepted', tone: 'a', values: of(({ accepted }) => accepted) },
            { name: 'delivered', tone: 'b', values: of(({ delivered }) => delivered) },
            { name: 'failed', tone: 'c', values: of(({ failed }) => failed) },
          ]}
        />
      </Panel>
      <Panel title="Queues">
        <Plot
          label="Queues"
          unit="waiting"
          times={times}
          series={[
            { name: 'messages', tone: 'a', values: of(({ queued }) => queued.outbound) },
            { name: 'webhooks', tone: 'd', values: of(({ queued }) => queued.webhooks) },
          ]}
        />
      </Panel>
      <Panel title="Webhook attempts">
        <Plot
          label="Webhook attempts"
          unit="per second"
          times={times}
          series={[
            { name: 'delivered', tone: 'b', values: of(({ webhooksDelivered }) => webhooksDelivered) },
            { name: 'failed', tone: 'c', values: of(({ webhooksFailed }) => webhooksFailed) },
          ]}
        />
      </Panel>
    </div>
  );
}

function Failures({ figures: { failures } }: { figures: Figures }) {
  const most = Math.max(1, ...failures.map(({ count }) => count));
  return (
    <Panel title="Failures by code" aside={<span className="muted small">since the start</span>}>
      {failures.length === 0 ? (
        <Empty title="No failed messages" />
      ) : (
        <ul className="bars">
          {failures.map(({ code, count }) => (
            <li key={code}>
              <code>{code}</code>
              <meter min={0} max={most} value={count} aria-label={code} />
              <b>{whole(count)}</b>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Links({ figures: { carriers } }: { figures: Figures }) {
  return (
    <Panel title="Carrier links" aside={<Link href="/carriers">All carriers</Link>}>
      {carriers.length === 0 ? (
        <Empty title="No carrier links" />
      ) : (
        <ul className="plain-list">
          {carriers.map(({ name, link, state }) => (
            <li key={`${name} ${link}`}>
              <b>{name}</b> <span className="muted">link {link}</span> <State value={state} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
