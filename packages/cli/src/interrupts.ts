/**
 * Calls `stop` for each ctrl-C and SIGTERM.
 *
 * @param isLinked whether an older Node runs between this process and its caller, as in the repository
 *   (bin/runtime.mjs). A signal to that process alone is received as a message. A signal of the terminal to both
 *   processes is received as a message and a signal, in either order, and counts as one interrupt. When that process
 *   has ended, this process stops too.
 */
export function onInterrupt(stop: () => void, isLinked: boolean): void {
  process.on('SIGTERM', stop);
  const counts = { signals: 0, messages: 0, stops: 0 };
  const heard = (how: 'signals' | 'messages') => {
    counts[how] += 1;
    if (counts[how] <= counts.stops) return;
    counts.stops += 1;
    stop();
  };
  process.on('SIGINT', () => heard('signals'));
  if (!isLinked) return;
  process.on('message', (message) => message === 'SIGINT' && heard('messages'));
  process.on('disconnect', stop);
  // These listeners would keep the process alive.
  process.channel?.unref();
}
