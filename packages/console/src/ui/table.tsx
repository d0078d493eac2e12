import type { ReactNode } from 'react';
import { useClientPaging } from './client-paging.ts';
import { Button } from './controls.tsx';

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

/** A table. On a phone, each row is a card with labelled cells. */
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

/** A paged table of rows that are all in memory. */
export function PagedTable<Row>({ rows: all, ...rest }: TableProps<Row>) {
  const { rows, pager } = useClientPaging(rest.label, all);
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
  /** Undefined on the last page. */
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
