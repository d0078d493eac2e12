import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../api/call.ts';
import { isWorthRepeating, nextStep } from '../api/next-step.ts';
import { useIsOperator } from '../api/scope.tsx';
import { Button, Copy } from './controls.tsx';

interface ProblemProps {
  error: unknown;
  /** Shown only if a retry may help. */
  retry?: (() => void) | undefined;
  /** Advice that is more specific than the advice for the error code. */
  next?: string | undefined;
  /** Advice for a conflict only. */
  conflict?: string | undefined;
  /** Labels of API fields in the form. */
  labels?: Readonly<Record<string, string>>;
}

/** An error with its message, advice, and the request id of the log. */
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
            <code>{failure.requestId}</code> <Copy text={failure.requestId} label="Copy request ID" />
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

/** Placeholder with the height of the expected content, so that the layout does not shift. */
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
  /** Removes the filters, which may be the cause of the error. */
  clear?: (() => void) | undefined;
  children: (data: T) => ReactNode;
}

/** Loading state, error or data of a query. Data stays visible during a refresh. */
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
