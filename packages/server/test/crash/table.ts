import { isGood, type Verdict } from './harness.ts';

const HEAD = [
  'scenario',
  'runs',
  'accepted',
  'delivered',
  'failed',
  'unknown',
  'missing',
  'lost',
  'doubled',
  'wrong',
  'pause s',
  'slowest s',
];
const SHOWN = 12;

/** Formats one verdict: one line if it is good, otherwise with all problems. */
export function tell(verdict: Verdict): string {
  const { scenario, seed, seconds, messages, delivered, unknown, repeated, pause, answers, notes } = verdict;
  const head = `${isGood(verdict) ? 'ok    ' : 'FAILED'} ${scenario} (seed ${seed}, ${seconds} s): ${messages} accepted, ${delivered} delivered, ${unknown} unknown, ${repeated} parts repeated; pause ${pause} s; answers ${JSON.stringify(answers)}`;
  const wrong = [
    ...verdict.doubled.map((text) => `doubled: ${text}`),
    ...verdict.lost.map((text) => `lost: ${text}`),
    ...verdict.problems,
  ];
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : [];
  return [
    head,
    ...notes.map((note) => `       ${note}`),
    ...[...wrong.slice(0, SHOWN), ...more].map((text) => `   !!! ${text}`),
  ].join('\n');
}

/** Formats all verdicts, with one row for each scenario. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const names = [...new Set(verdicts.map(({ scenario }) => scenario))].sort();
  const rows = names.map((name) =>
    rowOf(
      name,
      verdicts.filter(({ scenario }) => scenario === name),
    ),
  );
  const all = [HEAD, ...rows, rowOf('all', verdicts)];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join('  '),
    )
    .join('\n');
}

function rowOf(name: string, verdicts: readonly Verdict[]): string[] {
  const sum = (count: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const most = (of: (verdict: Verdict) => number) => Math.max(0, ...verdicts.map(of)).toFixed(1);
  return [
    name,
    String(verdicts.length),
    String(sum(({ messages }) => messages)),
    String(sum(({ delivered }) => delivered)),
    String(sum(({ failed }) => failed)),
    String(sum(({ unknown }) => unknown)),
    String(sum(({ missing }) => missing)),
    String(sum(({ lost }) => lost.length)),
    String(sum(({ doubled }) => doubled.length)),
    String(sum(({ problems }) => (problems.length > 0 ? 1 : 0))),
    most(({ pause }) => pause),
    most(({ slowest }) => slowest),
  ];
}
