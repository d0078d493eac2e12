import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Failure, withQuery } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import { noticeEnd } from '../../api/session-end.ts';
import type { EventBody, EventsPage, Message, MessagesPage } from '../../api/types.ts';

const EVERY_MS = 300;
/** Wait after an error or a missing response. */
const AFTER_FAILURE_MS = 3000;
/** Maximum number of events on the page. */
const MOST = 200;
/** Number of the last messages whose events are read when the page is opened. */
const LAST = 20;
/**
 * Maximum absence in milliseconds. After a longer absence the feed starts anew, because catching up would take too
 * long.
 */
const AWAY_MS = 60_000;

type Place = { after?: string; since?: string };

interface Kept {
  clientId: string;
  events: EventBody[];
  place: Place;
  at: number;
  latest: Message | undefined;
}

/** State of the feed when its page was left. */
let kept: Kept | undefined;

/**
 * Events of a client since the first of its last messages, latest first. Polls while the page is visible.
 * `start` has the latest message at the time of opening. Undefined until the messages are read.
 */
export function useFeed() {
  const { core, clientId } = useScope();
  const queries = useQueryClient();
  const [events, setEvents] = useState<EventBody[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const [start, setStart] = useState<{ latest: Message | undefined }>();

  useEffect(() => {
    if (clientId === undefined) return;
    const ended = new AbortController();
    const before = kept?.clientId === clientId && Date.now() - kept.at < AWAY_MS ? kept : undefined;
    let place: Place | undefined = before?.place;
    let known = before?.events ?? [];
    let latest = before?.latest;
    let timer: ReturnType<typeof setTimeout>;
    setEvents(known);
    setStart(before && { latest });

    async function look() {
      const isFine = document.visibilityState !== 'visible' || (await read());
      if (!ended.signal.aborted) timer = setTimeout(look, isFine ? EVERY_MS : AFTER_FAILURE_MS);
    }

    /** Place of the first event of the last messages. */
    async function firstPlace(): Promise<Place> {
      const opened = new Date().toISOString();
      const { messages } = await core<MessagesPage>(`/messages?limit=${LAST}`, { signal: ended.signal });
      latest = messages[0];
      setStart({ latest });
      return { since: messages.at(-1)?.createdAt ?? opened };
    }

    async function read(): Promise<boolean> {
      try {
        place ??= await firstPlace();
        const page = await core<EventsPage>(withQuery('/events', { ...place, limit: 100 }), { signal: ended.signal });
        if (page.nextCursor !== null) place = { after: page.nextCursor };
        if (page.events.length > 0) known = [...page.events.toReversed(), ...known].slice(0, MOST);
        setEvents(known);
        setFailure(undefined);
        return true;
      } catch (error) {
        if (ended.signal.aborted) return true;
        setFailure(error as Failure);
        noticeEnd(queries, error);
        return false;
      }
    }

    void look();
    return () => {
      ended.abort();
      clearTimeout(timer);
      if (place) kept = { clientId, events: known, place, at: Date.now(), latest };
    };
  }, [core, clientId, queries]);

  return { events, failure, start };
}
