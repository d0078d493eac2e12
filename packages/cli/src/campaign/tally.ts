import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import type { Result } from './results.ts';

const MOST_EXAMPLES = 10;

const REJECTED: Column<Result>[] = [
  { title: 'LINE', of: ({ line }) => line },
  { title: 'TO', of: ({ to }) => to },
  { title: 'CODE', of: ({ error }) => error?.code },
  { title: '', of: ({ error }) => error?.message },
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

  /** Prints the final counts. @param results path of the results file */
  show(out: Output, file: string, results: string): void {
    const { rows, accepted, acceptedBefore, rejected, duplicates } = this;
    const counts = { rows, accepted, acceptedBefore, rejected, rejections: this.#rejections, duplicates };
    out.document(
      { file, ...counts, results },
      {
        rows,
        accepted: acceptedBefore === 0 ? accepted : `${accepted}, of which ${acceptedBefore} by an earlier run`,
        rejected,
        ...(duplicates === 0 ? {} : { duplicates: `${duplicates}, sent once` }),
        results,
      },
    );
    const title = this.#examples.length < rejected ? `First ${MOST_EXAMPLES} rejected rows` : 'Rejected rows';
    out.section(title, REJECTED, this.#examples);
  }
}
