import type { Terminal } from '../terminal.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

/** Progress line on standard error. Writes nothing if standard error is not a terminal. */
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

  /** @param total undefined if unknown */
  show(done: number, total: number | undefined, more = ''): void {
    const now = this.#terminal.now();
    if (!this.#terminal.stderr.isTTY || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const perSecond = Math.round(done / Math.max(0.001, (now - this.#startedAt) / 1000));
    const much = total === undefined ? `${done}` : `${bar(done, total)} ${done}/${total}`;
    const left = total === undefined || perSecond === 0 ? '' : `  ${Math.ceil((total - done) / perSecond)} s left`;
    this.#draw(`${this.#label} ${much}  ${perSecond}/s${left}${more}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#terminal.stderr.isTTY && this.#drawnAt > 0) this.#draw('');
  }

  #draw(text: string): void {
    // Some terminals report no width, or 0.
    const width = this.#terminal.stderr.columns || 80;
    this.#terminal.stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
  }
}

function bar(done: number, total: number): string {
  const full = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`;
}
