/**
 * Shares one result among the callers during its computation, and among those within `freshMs` milliseconds of its
 * start. A failure is returned to the callers that wait, and is not cached.
 */
export function shared<Result>(compute: () => Promise<Result>, freshMs: number): () => Promise<Result> {
  let latest: Promise<Result> | undefined;
  let isComputing = false;
  let startedAt = 0;

  function begin(): Promise<Result> {
    startedAt = performance.now();
    isComputing = true;
    const result = compute().finally(() => {
      isComputing = false;
    });
    latest = result;
    result.catch(() => {
      if (latest === result) latest = undefined;
    });
    return result;
  }

  return () => {
    const isFresh = isComputing || performance.now() - startedAt < freshMs;
    return latest && isFresh ? latest : begin();
  };
}
