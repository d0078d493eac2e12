import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../api/call.ts';
import { isWorthRepeating, nextStep } from '../api/next-step.ts';
import { useIsOperator } from '../api/scope.tsx';
import { Button, Copy } from './controls.tsx';

interface ProblemProps {
  error: unknown;
  /** Offered only where it can help. */
  retry?: (() => void) | undefined;
  /** What to do, where there is more to say than for every error of this code. */
  next?: string | undefined;
  /** The same, for a conflict only. */
  conflict?: string | undefined;
  /** What the fields of the API are called in the form. */
  labels?: Readonly<Record<string, string>>;
}

/** What went wrong, what to do next, and the id by which the log knows it. */
export function Problem({ error, retry, next, conflict, labels = {} }: ProblemProps) {
  const isOperator = useIsOperator();
  const failure = error instanceof Failure ? error : new Failure(0, 'CONSOLE', (error as Error).message);
  return (
    <div className="problem" role="alert">
      <p>
        <strong>{inWords(failure, labels) || failure.code}</strong>
      </p>
      <p>{next ?? ((failure.code === 'CONFLICT' && conflict) || nextStep(failure, isOperator))}</p>
      <p className="muted small">
        <code>{failure.code}</code>
        {failure.requestId && (
          <>
            {' · request '}
            <code>{failure.requestId}</code> <Copy text={failure.requestId} label="Copy request id" />
          </>
        )}
      </p>
      {retry && isWorthRepeating(failure) && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

function inWords({ message, details }: Failure, labels: Readonly<Record<string, string>>): string {
  const field = String(details['field']);
  const label = labels[field];
  return label === undefined ? message : message.replace(field, `“${label}”`);
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** As high as what will be there, so that nothing jumps. */
export function Loading({ rows = 5 }: { rows?: number }) {
  const bars = Array.from({ length: rows }, (_, row) => row);
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading</span>
      {bars.map((row) => (
        <div key={row} className="loading-row" />
      ))}
    </div>
  );
}

interface AnswerProps<T> {
  query: UseQueryResult<T>;
  rows?: number;
  /** Takes away the filters that may be what is refused. */
  clear?: (() => void) | undefined;
  children: (data: T) => ReactNode;
}

/** One of: still loading, what went wrong, what there is. What is there stays while it is read again. */
export function Answer<T>({ query, rows = 5, clear, children }: AnswerProps<T>) {
  const { data, error, refetch } = query;
  return (
    <>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {error && clear && <Button onClick={clear}>Clear the search</Button>}
      {data === undefined ? !error && <Loading rows={rows} /> : children(data)}
    </>
  );
}
