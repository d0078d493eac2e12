/**
 * One result for all callers: those that ask while it is computed, and those that ask within `freshMs` milliseconds of the
 * beginning of that. A failure is reported to the callers that wait, and not kept.
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
