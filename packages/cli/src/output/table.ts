import { padded, printable, widthOf } from './text.ts';

export interface Column<T> {
  title: string;
  of(item: T): unknown;
}

/** Formats titles and rows in aligned columns. The last column is not padded. */
export function table<T>(columns: readonly Column<T>[], items: readonly T[]): string[] {
  const rows = [
    columns.map(({ title }) => title),
    ...items.map((item) => columns.map(({ of }) => printable(of(item)))),
  ];
  const widths = columns.map((_column, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Formats one label and value per line. */
export function fields(pairs: Record<string, unknown>): string[] {
  const width = Math.max(...Object.keys(pairs).map(widthOf));
  return Object.entries(pairs).map(([label, value]) => `${padded(label, width)}  ${printable(value)}`);
}
