import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { withQuery } from '../api/call.ts';
import { useScope } from '../api/scope.tsx';
import { useHere } from './here.ts';

export type Filters = Record<string, string | undefined>;

interface Options {
  /** The parameter in which a page's cursor is given back. */
  cursor?: 'cursor' | 'after';
  limit?: number;
  /** How often the first page is read again. The others stand still while they are read. */
  everyMs?: number;
}

/** How far somebody has gone through a list: the cursors of all pages after the first. */
interface Walk {
  list: string;
  cursors: string[];
}

/** A list of the API, a page at a time: only what is looked at is in memory, however long it is. */
export function usePages<T extends { nextCursor: string | null }>(
  path: string,
  filters: Filters,
  options: Options = {},
) {
  const { cursor = 'cursor', limit = 50, everyMs = 0 } = options;
  const { core, clientId } = useScope();
  const list = JSON.stringify([clientId, path, filters]);
  const [walk, setWalk] = useHere<Walk>(path, { list, cursors: [] });
  // Another client's list begins at its first page.
  const cursors = walk.list === list ? walk.cursors : [];
  const at = cursors.at(-1);
  const url = withQuery(path, { ...filters, limit, [cursor]: at });

  const query = useQuery({
    queryKey: ['core', clientId, url],
    queryFn: ({ signal }) => core<T>(url, { signal }),
    enabled: clientId !== undefined,
    // While the next page is on its way the last one stays; another client's must not.
    placeholderData: (previous, from) => (from?.queryKey[1] === clientId ? keepPreviousData(previous) : undefined),
    ...(at === undefined && everyMs > 0 ? { refetchInterval: everyMs } : {}),
  });
  const goTo = (cursors: string[]) => setWalk({ list, cursors });
  // What is shown until the next page is there leads to that very page.
  const following = query.isPlaceholderData ? null : query.data?.nextCursor;
  return {
    query,
    page: cursors.length + 1,
    back: () => goTo(cursors.slice(0, -1)),
    next: following == null ? undefined : () => goTo([...cursors, following]),
  };
}
