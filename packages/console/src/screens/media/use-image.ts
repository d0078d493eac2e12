import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { download, type Failure } from '../../api/call.ts';
import { noticeEnd } from '../../api/session-end.ts';

interface Loaded {
  /** URL of the image in the memory of this page. */
  url?: string;
  failure?: Failure;
}

/**
 * Loads an image while it is revealed. No query loads it, because an action would invalidate and reload all queries.
 * The memory of the image is released when it is hidden or its page is left.
 */
export function useImage(path: string, client: string | undefined, mimeType: string, isRevealed: boolean) {
  const queries = useQueryClient();
  const [loaded, setLoaded] = useState<Loaded>({});
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads the image again
  useEffect(() => {
    if (!isRevealed) return;
    const ended = new AbortController();
    let url: string | undefined;
    async function load(): Promise<void> {
      try {
        const content = await download(path, { client, signal: ended.signal });
        if (ended.signal.aborted) return;
        url = URL.createObjectURL(new Blob([content], { type: mimeType }));
        setLoaded({ url });
      } catch (failure) {
        if (ended.signal.aborted) return;
        setLoaded({ failure: failure as Failure });
        noticeEnd(queries, failure);
      }
    }
    void load();
    return () => {
      ended.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
      setLoaded({});
    };
  }, [path, client, mimeType, isRevealed, attempt, queries]);

  return { ...loaded, retry: () => setAttempt((count) => count + 1) };
}
