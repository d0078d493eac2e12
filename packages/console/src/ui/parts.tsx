import { Fragment, type ReactNode } from 'react';
import { moment, utc } from './format.ts';

const TONES: Record<string, string> = {
  DELIVERED: 'good',
  RECEIVED: 'good',
  ACTIVE: 'good',
  DONE: 'good',
  up: 'good',
  bound: 'good',
  FAILED: 'bad',
  REJECTED: 'bad',
  GIVEN_UP: 'bad',
  DISABLED: 'bad',
  SUSPENDED: 'bad',
  down: 'bad',
  failing: 'bad',
  misconfigured: 'bad',
  UNKNOWN: 'warn',
  FAILING: 'warn',
  INACTIVE: 'warn',
  RETRY: 'warn',
  paused: 'warn',
  silent: 'warn',
  throttled: 'warn',
  'accepts messages': 'good',
  'message would wait': 'bad',
};

/** A state as a coloured word. The colour adds no information to the word. */
export function State({ value }: { value: string }) {
  return <span className={`state ${TONES[value] ?? 'calm'}`}>{value.replaceAll('_', ' ').toLowerCase()}</span>;
}

export function Time({ at }: { at: string | null }) {
  if (at === null) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={at}>
      {moment(at)}
    </time>
  );
}

/** A time in the local time zone and in UTC. */
export function BothTimes({ at }: { at: string | null }) {
  if (at === null) return <Time at={at} />;
  return (
    <div>
      <Time at={at} />
      <div className="muted small nowrap">{utc(at)}</div>
    </div>
  );
}

export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <title>{`${title} · Red Cloud`}</title>
      <header className="page-head">
        <h1>{title}</h1>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface PanelProps {
  title: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, aside, className = '', children }: PanelProps) {
  return (
    <section className={`panel ${className}`} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Names and values. Omits missing values. */
export function Facts({ of }: { of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
