import { useHistoryState } from './history-state.ts';

/** Maximum number of rows per page. More rows are slow to render. */
const MOST = 50;

/** Divides a complete list into pages, for use with `Pager`. @param name unique name of the list in its page */
export function useClientPaging<Row>(name: string, all: readonly Row[]) {
  const [wanted, setWanted] = useHistoryState(name, 1);
  const last = Math.max(1, Math.ceil(all.length / MOST));
  // The list may be shorter than before.
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
