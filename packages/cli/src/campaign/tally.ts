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

/** Of a run over a file, as far as it has come. */
export class Tally {
  readonly rows: number;
  accepted = 0;
  /** Of those: by an earlier run. */
  acceptedBefore = 0;
  rejected = 0;
  /** The same message to the same number, further down in the file. */
  duplicates = 0;
  readonly #rejections: Record<string, number> = {};
  readonly #examples: Result[] = [];

  constructor(rows: number) {
    this.rows = rows;
  }

  /** Rows that are through. */
  get done(): number {
    return this.accepted + this.rejected + this.duplicates;
  }

  reject(result: Result): void {
    const code = result.error?.code ?? 'UNKNOWN';
    this.rejected += 1;
    this.#rejections[code] = (this.#rejections[code] ?? 0) + 1;
    if (this.#examples.length < MOST_EXAMPLES) this.#examples.push(result);
  }

  /** In the end. @param results where all of it is */
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
    const title = this.#examples.length < rejected ? `The first ${MOST_EXAMPLES} rejected` : 'Rejected';
    out.section(title, REJECTED, this.#examples);
  }
}
