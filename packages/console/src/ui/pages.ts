import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { withQuery } from '../api/call.ts';
import { useScope } from '../api/scope.tsx';
import { useHistoryState } from './history-state.ts';

export type Filters = Record<string, string | undefined>;

interface Options {
  /** Name of the cursor parameter of the list. */
  cursor?: 'cursor' | 'after';
  limit?: number;
  /** Refresh interval of the first page in milliseconds. Other pages are not refreshed while they are read. */
  everyMs?: number;
}

interface Reading<T> extends Options {
  /** Reads the page at a cursor. By default one request for the path with the filters. */
  read?: (at: string | undefined, signal: AbortSignal) => Promise<T>;
}

/** Position in a list: the cursors of all pages after the first. */
interface Walk {
  list: string;
  cursors: string[];
}

/** Reads a list of the API page by page. Only the current page is in memory, regardless of the length of the list. */
export function usePages<T extends { nextCursor: string | null }>(
  path: string,
  filters: Filters,
  options: Reading<T> = {},
) {
  const { cursor = 'cursor', limit = 50, everyMs = 0 } = options;
  const { core, clientId } = useScope();
  const list = JSON.stringify([clientId, path, filters]);
  const [walk, setWalk] = useHistoryState<Walk>(path, { list, cursors: [] });
  // The list of another client starts at its first page.
  const cursors = walk.list === list ? walk.cursors : [];
  const at = cursors.at(-1);
  const url = withQuery(path, { ...filters, limit, [cursor]: at });

  const query = useQuery({
    queryKey: ['core', clientId, url],
    queryFn: ({ signal }) => (options.read ? options.read(at, signal) : core<T>(url, { signal })),
    enabled: clientId !== undefined,
    // The last page stays visible while the next page loads, except that of another client.
    placeholderData: (previous, from) => (from?.queryKey[1] === clientId ? keepPreviousData(previous) : undefined),
    ...(at === undefined && everyMs > 0 ? { refetchInterval: everyMs } : {}),
  });
  const goTo = (cursors: string[]) => setWalk({ list, cursors });
  // The cursor of a placeholder page is that of the page being loaded.
  const following = query.isPlaceholderData ? null : query.data?.nextCursor;
  return {
    query,
    page: cursors.length + 1,
    back: () => goTo(cursors.slice(0, -1)),
    next: following == null ? undefined : () => goTo([...cursors, following]),
  };
}
