import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { type Schedule, shownSchedule } from '../schedule/schedule.ts';
import type { Result } from './results.ts';

const MOST_EXAMPLES = 10;

const REJECTED: Column<Result>[] = [
  { title: 'LINE', of: ({ line }) => line },
  { title: 'TO', of: ({ to }) => to },
  { title: 'CODE', of: ({ error }) => error?.code },
  { title: '', of: ({ error }) => error?.message },
];

/** Row that was accepted before with another schedule. */
export interface Change {
  line: number;
  to: string;
  messageId: string | undefined;
  /** Schedule of the accepted message, which stays. Undefined if unknown. */
  was: Schedule | undefined;
  now: Schedule;
}

const CHANGED: Column<Change>[] = [
  { title: 'LINE', of: ({ line }) => line },
  { title: 'TO', of: ({ to }) => to },
  { title: 'STAYS', of: ({ was }) => was && shownSchedule(was) },
  { title: 'NOT APPLIED', of: ({ now }) => shownSchedule(now) },
  { title: 'MESSAGE', of: ({ messageId }) => messageId },
];

/** Progress counters of a campaign run. */
export class Tally {
  readonly rows: number;
  accepted = 0;
  /** Rows among `accepted` that an earlier run sent. */
  acceptedBefore = 0;
  rejected = 0;
  /** Later rows with the same message to the same number. */
  duplicates = 0;
  readonly #rejections: Record<string, number> = {};
  readonly #examples: Result[] = [];
  /** Rows among `acceptedBefore` whose schedule differs. */
  scheduleChanged = 0;
  readonly #changes: Change[] = [];

  constructor(rows: number) {
    this.rows = rows;
  }

  /** Processed rows. */
  get done(): number {
    return this.accepted + this.rejected + this.duplicates;
  }

  reject(result: Result): void {
    const code = result.error?.code ?? 'UNKNOWN';
    this.rejected += 1;
    this.#rejections[code] = (this.#rejections[code] ?? 0) + 1;
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push(result);
  }

  change(change: Change): void {
    this.scheduleChanged += 1;
    if (this.#changes.length < MOST_EXAMPLES) this.#changes.push(change);
  }

  /** Prints the final counts. @param results path of the results file @param bulk id of the bulk send */
  show(out: Output, { file, results, bulk }: { file: string; results: string; bulk: string }): void {
    const { rows, accepted, acceptedBefore, rejected, duplicates, scheduleChanged } = this;
    const counts = { rows, accepted, acceptedBefore, rejected, rejections: this.#rejections, duplicates };
    const changes = scheduleChanged === 0 ? {} : { scheduleChanged, scheduleChanges: this.#changes };
    out.document(
      { file, ...counts, ...changes, results, bulk },
      {
        rows,
        accepted: acceptedBefore === 0 ? accepted : `${accepted}, of which ${acceptedBefore} by an earlier run`,
        rejected,
        ...(duplicates === 0 ? {} : { duplicates: `${duplicates}, sent once` }),
        ...(scheduleChanged === 0 ? {} : { 'other schedule': `${scheduleChanged}, not sent again` }),
        results,
        bulk,
      },
    );
    out.section(firstOf(rejected, 'rejected rows'), REJECTED, this.#examples);
    out.section(firstOf(scheduleChanged, 'rows with another schedule'), CHANGED, this.#changes);
    if (scheduleChanged > 0) out.note(KEEPS);
  }
}

const KEEPS =
  'Rows that were accepted before keep their schedule. Change one with `redcloud reschedule`, or cancel all with `redcloud bulk cancel`.';

/** Title of a table that may have only the first rows. */
function firstOf(count: number, title: string): string {
  if (count > MOST_EXAMPLES) return `First ${MOST_EXAMPLES} ${title}`;
  return title.charAt(0).toUpperCase() + title.slice(1);
}
