import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { call } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { Message } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Time } from '../../ui/parts.tsx';
import { Problem } from '../../ui/states.tsx';
import type { Bubble } from './bubbles.ts';

interface HandsetProps {
  handset: string;
  number: string;
  bubbles: readonly Bubble[];
}

/** A phone with received messages and an input line. */
export function Handset({ handset, number, bubbles }: HandsetProps) {
  const screen = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new bubble is scrolled to
  useEffect(() => {
    screen.current?.scrollTo(0, screen.current.scrollHeight);
  }, [bubbles.length]);

  return (
    <section className="handset" aria-label={`Handset ${handset}`}>
      <div className="handset-head">
        <b>{number}</b>
        <span className="small">{handset}</span>
      </div>
      <div className="screen" ref={screen} role="log" aria-label="Conversation">
        {bubbles.length === 0 && <p className="screen-empty">No messages yet. Send one to this handset.</p>}
        {bubbles.map((bubble) => (
          <div key={`${bubble.messageId} ${bubble.direction}`} className={`bubble ${bubble.direction}`}>
            <span className="visually-hidden">{bubble.direction === 'in' ? 'Received: ' : 'Sent: '}</span>
            <BubbleText bubble={bubble} />
            <span className="bubble-time">
              <Time at={bubble.at} />
            </span>
          </div>
        ))}
      </div>
      <Compose handset={handset} number={number} />
    </section>
  );
}

/** Delivery events contain no text, by design. The text is read from the message. */
function BubbleText({ bubble: { messageId, text } }: { bubble: Bubble }) {
  const { core, clientId } = useScope();
  const { data, error } = useQuery({
    queryKey: ['text', clientId, messageId],
    queryFn: ({ signal }) => core<Message>(`/messages/${messageId}`, { signal }),
    enabled: text === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (text !== undefined) return <span>{text}</span>;
  if (error) return <em>The text cannot be loaded: {error.message}</em>;
  const media = data?.media?.map(({ storageKey }) => storageKey) ?? [];
  return <span>{[data?.text, ...media.map((key) => `[${key}]`)].filter(Boolean).join('\n') || '…'}</span>;
}

function Compose({ handset, number }: { handset: string; number: string }) {
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const writing = useMutation({
    // Sends the messages one after the other, in the order in which they were written.
    scope: { id: `${handset} ${number}` },
    mutationFn: (written: string) =>
      call('/sandbox/inbound', { method: 'POST', body: { from: handset, to: number, text: written } }),
    onSuccess: () => queries.invalidateQueries(),
    // Restores the failed text before text that was entered since.
    onError: (_error, written) => setText((now) => [written, now].filter(Boolean).join(' ')),
  });
  const write = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    writing.mutate(text);
    setText('');
  };
  return (
    <>
      {writing.error && <Problem error={writing.error} />}
      <form className="compose" onSubmit={write}>
        <input
          aria-label="Write from this handset"
          placeholder="Reply, or try STOP, START or HELP"
          value={text}
          maxLength={1600}
          autoComplete="off"
          onChange={({ target }) => setText(target.value)}
        />
        <Button kind="primary" type="submit" quick>
          Send
        </Button>
      </form>
    </>
  );
}
