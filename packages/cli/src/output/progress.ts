import type { Terminal } from '../terminal.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

/** A line on standard error that says how far long work has come; nothing where nobody looks at a terminal. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #startedAt: number;
  #drawnAt = 0;

  constructor(terminal: Terminal, label: string) {
    this.#terminal = terminal;
    this.#label = label;
    this.#startedAt = terminal.now();
  }

  /** @param total undefined where it is not known */
  show(done: number, total: number | undefined, more = ''): void {
    const now = this.#terminal.now();
    if (!this.#terminal.stderr.isTTY || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const perSecond = Math.round(done / Math.max(0.001, (now - this.#startedAt) / 1000));
    const much = total === undefined ? `${done}` : `${bar(done, total)} ${done}/${total}`;
    const left = total === undefined || perSecond === 0 ? '' : `  ${Math.ceil((total - done) / perSecond)} s left`;
    this.#draw(`${this.#label} ${much}  ${perSecond}/s${left}${more}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#terminal.stderr.isTTY && this.#drawnAt > 0) this.#draw('');
  }

  #draw(text: string): void {
    // Some terminals have no width to tell, or 0.
    const width = this.#terminal.stderr.columns || 80;
    this.#terminal.stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
  }
}

function bar(done: number, total: number): string {
  const full = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`;
}
