import { useHere } from './here.ts';

/** More than that at once is slow to draw, and nobody reads it. */
const MOST = 50;

/** A page of what the API gives as a whole, to go with `Pager`. @param name one of its own for each list of a page */
export function usePortion<Row>(name: string, all: readonly Row[]) {
  const [wanted, setWanted] = useHere(name, 1);
  const last = Math.max(1, Math.ceil(all.length / MOST));
  // It may have become shorter since.
  const page = Math.min(wanted, last);
  const rows = all.slice((page - 1) * MOST, page * MOST);
  return {
    rows,
    pager: {
      shown: rows.length,
      page,
      back: () => setWanted(page - 1),
      next: page < last ? () => setWanted(page + 1) : undefined,
    },
  };
}
