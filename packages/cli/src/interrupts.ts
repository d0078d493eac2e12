/**
 * Calls `stop` for each ctrl-C and SIGTERM.
 * @param isLinked whether an older Node is between us and whoever runs us, as within the repository (bin/runtime.mjs).
 * What is sent to that process alone comes as a message; what a terminal sends to both comes as a signal, too, in either
 * order, and is one interrupt. When that process is gone, nobody waits for us any more.
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
  // These listeners would keep us from ending by ourselves.
  process.channel?.unref();
}
