import { useEffect, useState } from 'react';
import { type Failure, withQuery } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { EventBody, EventsPage } from '../../api/types.ts';

const EVERY_MS = 300;
/** As many as are kept on the page. */
const MOST = 200;

/** A client's events from now on, the latest first; asked for while the page is visible. */
export function useFeed() {
  const { core, clientId } = useScope();
  const [events, setEvents] = useState<EventBody[]>([]);
  const [failure, setFailure] = useState<Failure>();

  useEffect(() => {
    if (clientId === undefined) return;
    const ended = new AbortController();
    let place: { after?: string; since?: string } = { since: new Date().toISOString() };
    let timer: ReturnType<typeof setTimeout>;
    setEvents([]);

    async function look() {
      if (document.visibilityState === 'visible') await read();
      if (!ended.signal.aborted) timer = setTimeout(look, EVERY_MS);
    }

    async function read() {
      try {
        const page = await core<EventsPage>(withQuery('/events', { ...place, limit: 100 }), { signal: ended.signal });
        if (page.nextCursor !== null) place = { after: page.nextCursor };
        if (page.events.length > 0) setEvents((known) => [...page.events.toReversed(), ...known].slice(0, MOST));
        setFailure(undefined);
      } catch (error) {
        if (!ended.signal.aborted) setFailure(error as Failure);
      }
    }

    void look();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [core, clientId]);

  return { events, failure };
}
