import { styleText } from 'node:util';
import type { Terminal } from '../terminal.ts';
import { Progress } from './progress.ts';
import { type Column, fields, table } from './table.ts';
import { json } from './text.ts';

type Colour = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Writes results to standard output, as tables for people or as JSON for programs. Notes go to standard error. */
export class Output {
  readonly isJson: boolean;
  readonly #terminal: Terminal;

  /** @param json undefined selects tables for a terminal, otherwise JSON */
  constructor(terminal: Terminal, json: boolean | undefined) {
    this.#terminal = terminal;
    this.isJson = json ?? !terminal.stdout.isTTY;
  }

  /** Writes a list. JSON has one item per line. */
  list<T>(items: readonly T[], columns: readonly Column<T>[], whenEmpty: string): void {
    if (this.isJson) for (const item of items) this.#line(json(item));
    else if (items.length === 0) this.note(whenEmpty);
    else this.#table(columns, items);
  }

  /** Writes one object. JSON is one document. */
  document(value: unknown, pairs: Record<string, unknown>): void {
    if (this.isJson) this.#line(json(value, 2));
    else for (const line of fields(pairs)) this.#line(line);
  }

  /** Writes a further table about an object. Omitted in JSON, where the document contains the data. */
  section<T>(title: string, columns: readonly Column<T>[], items: readonly T[]): void {
    if (this.isJson || items.length === 0) return;
    this.#line(`\n${this.paint('bold', title)}`);
    this.#table(columns, items);
  }

  /** Writes one record of a stream. */
  record(value: unknown, line: string): void {
    this.#line(this.isJson ? json(value) : line);
  }

  /** Writes text unchanged in both formats. */
  raw(text: string): void {
    this.#terminal.stdout.write(text);
  }

  note(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  progress(label: string): Progress {
    return new Progress(this.#terminal, label);
  }

  paint(colour: Colour, text: string): string {
    const { stdout, env } = this.#terminal;
    if (this.isJson || !stdout.isTTY || env['NO_COLOR'] || env['TERM'] === 'dumb') return text;
    return styleText(colour, text, { validateStream: false });
  }

  #table<T>(columns: readonly Column<T>[], items: readonly T[]): void {
    const [head = '', ...rows] = table(columns, items);
    this.#line(this.paint('dim', head));
    for (const row of rows) this.#line(row);
  }

  #line(text: string): void {
    this.#terminal.stdout.write(`${text}\n`);
  }
}
