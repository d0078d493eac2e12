import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useScope } from '../../api/scope.tsx';
import type { Message } from '../../api/types.ts';
import { Time } from '../../ui/parts.tsx';
import { Media } from '../media/media.tsx';
import type { Bubble } from './bubbles.ts';
import { Compose } from './compose.tsx';

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
            <BubbleContent bubble={bubble} />
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

/** Delivery events contain neither text nor media, by design. Both are read from the message. */
function BubbleContent({ bubble: { messageId, direction, text, media } }: { bubble: Bubble }) {
  const { core, clientId } = useScope();
  const { data, error } = useQuery({
    queryKey: ['text', clientId, messageId],
    queryFn: ({ signal }) => core<Message>(`/messages/${messageId}`, { signal }),
    enabled: text === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (text === undefined && !data) {
    return error ? <em>The message cannot be loaded: {error.message}</em> : <span>…</span>;
  }
  const files = data?.media ?? media;
  const words = text ?? data?.text;
  return (
    <>
      {words && <span>{words}</span>}
      {files.length > 0 && <Media media={files} clientId={clientId} isOpen={false} isRevealed={direction === 'in'} />}
      {!words && files.length === 0 && <em>No text is stored.</em>}
    </>
  );
}
