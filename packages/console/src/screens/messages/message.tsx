import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { call } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { MessageDetail } from '../../api/types.ts';
import { Button, Copy } from '../../ui/controls.tsx';
import { later, precise } from '../../ui/format.ts';
import { Facts, Page, Panel, State, Time } from '../../ui/parts.tsx';
import { Answer } from '../../ui/states.tsx';
import { type Entry, timelineOf } from './timeline.ts';

/** Polling interval while the message is not finished. */
const EVERY_MS = 1000;
const LATER_MS = 10_000;

function useMessage(messageId: string) {
  const { isOperator, clientId, core } = useScope();
  const path = `/messages/${encodeURIComponent(messageId)}`;
  return useQuery({
    queryKey: ['message', isOperator || clientId, messageId],
    queryFn: ({ signal }) =>
      isOperator ? call<MessageDetail>(`/api/admin${path}`, { signal }) : core<MessageDetail>(path, { signal }),
    refetchInterval: ({ state }) => (state.data?.finishedAt || state.error ? LATER_MS : EVERY_MS),
  });
}

/** Page of one message with its history. */
export function MessagePage({ messageId }: { messageId: string }) {
  const message = useMessage(messageId);
  return (
    <Page title="Message" actions={<Link href="/messages">All messages</Link>}>
      <Answer query={message} rows={10}>
        {(data) => (
          <div className="message-page">
            <Panel title="Details" aside={<State value={data.status} />}>
              <About message={data} />
            </Panel>
            <Panel title="Timeline" aside={<span className="muted small">local time with milliseconds</span>}>
              <Story entries={timelineOf(data)} start={data.createdAt} />
            </Panel>
          </div>
        )}
      </Answer>
    </Page>
  );
}

function About({ message }: { message: MessageDetail }) {
  const { error } = message;
  return (
    <>
      {error && (
        <div className="problem">
          <p>
            <strong>{error.code}</strong>
          </p>
          <p>{error.message}</p>
        </div>
      )}
      <Text text={message.text} />
      <Facts
        of={[
          [
            'Message ID',
            <>
              <code>{message.messageId}</code> <Copy text={message.messageId} />
            </>,
          ],
          ['From', <code key="from">{message.from}</code>],
          ['To', <code key="to">{message.to}</code>],
          ['Type', [message.messageType, message.encoding, segments(message.segments)].filter(Boolean).join(', ')],
          ['Reference', message.externalReference],
          ['Idempotency key', message.idempotencyKey && <code>{message.idempotencyKey}</code>],
          ['Purpose', message.purpose && 'automatic reply'],
          ['Keyword', message.keyword],
          ['Delivery guarantee', message.deliveryGuarantee?.replaceAll('_', ' ').toLowerCase()],
          ['Carrier', carriersOf(message)],
          ['Carrier message ID', message.providerMessageRef && <code>{message.providerMessageRef}</code>],
          ['Media', message.media?.map(({ storageKey, mimeType }) => `${storageKey} (${mimeType})`).join(', ')],
          ['API client', message.apiClientId && <code>{message.apiClientId}</code>],
          ['Created', <Time key="created" at={message.createdAt} />],
          ['Completed', message.finishedAt && <Time at={message.finishedAt} />],
        ]}
      />
    </>
  );
}

const segments = (count: number | null) => count && `${count} segment${count === 1 ? '' : 's'}`;
const carriersOf = ({ parts }: MessageDetail) => [...new Set(parts.map(({ carrier }) => carrier))].join(', ') || null;

/** Hidden by default, because support work seldom requires the text. */
function Text({ text }: { text: string | null }) {
  const [shown, setShown] = useState(false);
  if (text === null) return <p className="muted">No text is stored.</p>;
  return (
    <div className="text-box">
      <p className={shown ? 'text' : 'text hidden-text'}>{shown ? text : `${text.length} characters, hidden`}</p>
      <Button aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? 'Hide the text' : 'Show the text'}
      </Button>
    </div>
  );
}

function Story({ entries, start }: { entries: readonly Entry[]; start: string }) {
  return (
    <ol className="story">
      {entries.map(({ key, at, kind, title, why, tone, raw }) => (
        <li key={key} className={`${kind} ${tone}`}>
          <div className="story-when">
            <time dateTime={at}>{precise(at)}</time>
            <span className="muted small">{later(start, at)}</span>
          </div>
          <div>
            <p className="story-title">{title}</p>
            <p className="muted">{why}</p>
            {raw && (
              <details>
                <summary>Raw data</summary>
                <pre>{raw}</pre>
              </details>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
