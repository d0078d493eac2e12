import type { ReactNode } from 'react';
import { Button } from './controls.tsx';
import { usePortion } from './portion.ts';

export interface Column<Row> {
  label: string;
  cell: (row: Row) => ReactNode;
  className?: string;
}

interface TableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

/** A table; on a phone each row of it is a card, and each cell says what it is. */
export function Table<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" className={column.className}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.label} className={column.className} data-label={column.label}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A long list in pages, of which all rows are here already. */
export function PagedTable<Row>({ rows: all, ...rest }: TableProps<Row>) {
  const { rows, pager } = usePortion(rest.label, all);
  return (
    <>
      <Table rows={rows} {...rest} />
      <Pager {...pager} />
    </>
  );
}

interface PagerProps {
  shown: number;
  page: number;
  back: () => void;
  /** undefined: this is the last page. */
  next: (() => void) | undefined;
}

export function Pager({ shown, page, back, next }: PagerProps) {
  if (page === 1 && !next) return null;
  return (
    <nav className="pager" aria-label="Pages">
      <Button quick onClick={back} idle={page === 1}>
        Back
      </Button>
      <span className="muted" aria-live="polite">
        Page {page}, {shown} shown
      </span>
      <Button quick onClick={next} idle={!next}>
        Next
      </Button>
    </nav>
  );
}
