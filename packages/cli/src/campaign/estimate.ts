import { EXIT, type Exit } from '../exit.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { moment } from '../output/text.ts';
import type { Preview } from '../sdk.ts';
import { costOf, type Price } from './price.ts';

interface RejectedRow {
  line?: number;
  to: string;
  code: string;
  message: string;
}

interface Size {
  rows: number;
  duplicates: number;
  /** Time between two rows in milliseconds. */
  intervalMs: number;
  /** Time of the first row in milliseconds since 1970. */
  now: number;
}

const MOST_EXAMPLES = 10;

const REJECTED: Column<RejectedRow>[] = [
  { title: 'LINE', of: ({ line }) => line },
  { title: 'TO', of: ({ to }) => to },
  { title: 'CODE', of: ({ code }) => code },
  { title: '', of: ({ message }) => message },
];

/** Effect of a send, over all of its requests. */
export class Estimate {
  readonly #size: Size;
  #accepted = 0;
  #acceptedBefore = 0;
  #scheduleChanged = 0;
  #segments = 0;
  /** Messages without segments. */
  #mms = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #rejected: RejectedRow[] = [];

  constructor(size: Size) {
    this.#size = size;
  }

  /** Counts a row that an earlier run sent. @param isChanged whether its schedule differs */
  skip(isChanged: boolean): void {
    this.#acceptedBefore += 1;
    if (isChanged) this.#scheduleChanged += 1;
  }

  /** @param where line of a recipient */
  add({ results, errors }: Preview, where: (to: string) => { line?: number }): void {
    for (const { segments, estimatedSendAt } of results) {
      // With a rate, a row is requested later, and leaves at its time or when it is requested.
      const requestedAt = this.#size.now + this.#accepted * this.#size.intervalMs;
      const at = Math.max(Date.parse(estimatedSendAt), this.#size.intervalMs === 0 ? 0 : requestedAt);
      this.#firstMs = Math.min(this.#firstMs, at);
      this.#lastMs = Math.max(this.#lastMs, at);
      this.#accepted += 1;
      this.#segments += segments ?? 0;
      if (segments === null) this.#mms += 1;
    }
    for (const { to, error } of errors) this.reject({ ...where(to), to, code: error.code, message: error.message });
  }

  reject(row: RejectedRow): void {
    this.#rejected.push(row);
  }

  /** @returns the status of the command: rejected if no row would be sent, and none was sent before */
  show(out: Output, price: Price | undefined): Exit {
    const { rows, duplicates } = this.#size;
    const rejected = this.#rejected.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
    const cost = price && { amount: costOf(price, this.#segments), currency: price.currency || null };
    const counts = { rows, accepted: this.#accepted, rejected: rejected.length, duplicates, segments: this.#segments };
    const times = { firstSendAt: timeOf(this.#firstMs), lastSendAt: timeOf(this.#lastMs) };
    const before = { acceptedBefore: this.#acceptedBefore, scheduleChanged: this.#scheduleChanged, mms: this.#mms };
    const document = {
      dryRun: true,
      ...counts,
      ...before,
      ...times,
      ...(cost ? { cost } : {}),
      rejectedRows: rejected,
    };
    out.document(document, {
      'dry run': 'nothing was stored or sent',
      ...counts,
      ...(this.#acceptedBefore === 0 ? {} : { 'sent before': this.#acceptedBefore }),
      ...(this.#scheduleChanged === 0 ? {} : { 'other schedule': `${this.#scheduleChanged}, would not be sent again` }),
      ...(this.#mms === 0 ? {} : { mms: `${this.#mms}, without segments` }),
      ...(price && cost ? { cost: `${price.currency} ${cost.amount}`.trim() } : {}),
      'first send': moment(times.firstSendAt),
      'last send': moment(times.lastSendAt),
    });
    const title = rejected.length > MOST_EXAMPLES ? `First ${MOST_EXAMPLES} rejected rows` : 'Rejected rows';
    out.section(title, REJECTED, rejected.slice(0, MOST_EXAMPLES));
    if (cost && this.#mms > 0) out.note('The cost is that of segments. MMS have none.');
    return this.#accepted + this.#acceptedBefore === 0 ? EXIT.rejected : EXIT.ok;
  }
}

const timeOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
