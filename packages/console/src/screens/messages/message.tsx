import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { call } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { MessageDetail, Rejection } from '../../api/types.ts';
import { Button, Copy } from '../../ui/controls.tsx';
import { later, precise } from '../../ui/format.ts';
import { BothTimes, Facts, Page, Panel, State, Time } from '../../ui/parts.tsx';
import { Answer } from '../../ui/states.tsx';
import { Media } from '../media/media.tsx';
import { type Change, ChangeButtons, ChangeDialog } from '../scheduling/changes.tsx';
import { PRIORITY_LABELS } from '../scheduling/priorities.ts';
import { RejectedRecipient } from './rejection.tsx';
import { type Entry, timelineOf } from './timeline.ts';

/** Polling interval while the message is not finished. */
const EVERY_MS = 1000;
const LATER_MS = 10_000;

type Detail = MessageDetail | Rejection;

const isFinished = (data: Detail | undefined) => data?.status === 'REJECTED' || Boolean(data?.finishedAt);

function useMessage(messageId: string) {
  const { isOperator, clientId, core } = useScope();
  const path = `/messages/${encodeURIComponent(messageId)}`;
  return useQuery({
    queryKey: ['message', isOperator || clientId, messageId],
    queryFn: ({ signal }) =>
      isOperator ? call<Detail>(`/api/admin${path}`, { signal }) : core<Detail>(path, { signal }),
    refetchInterval: ({ state }) => (isFinished(state.data) || state.error ? LATER_MS : EVERY_MS),
  });
}

/** Page of one message with its history, or of a rejected recipient. */
export function MessagePage({ messageId }: { messageId: string }) {
  const message = useMessage(messageId);
  return (
    <Page
      title={message.data?.status === 'REJECTED' ? 'Rejected recipient' : 'Message'}
      actions={<Link href="/messages">All messages</Link>}
    >
      <Answer query={message} rows={10}>
        {(data) =>
          data.status === 'REJECTED' ? <RejectedRecipient rejection={data} /> : <MessageWithHistory message={data} />
        }
      </Answer>
    </Page>
  );
}

function MessageWithHistory({ message }: { message: MessageDetail }) {
  return (
    <div className="message-page">
      <Panel title="Details" aside={<State value={message.status} />}>
        <About message={message} />
        <Changes message={message} />
      </Panel>
      <Panel title="Timeline" aside={<span className="muted small">local time with milliseconds</span>}>
        <Story entries={timelineOf(message)} start={message.createdAt} />
      </Panel>
    </div>
  );
}

/** Cancel and change of the time, while the message waits. */
function Changes({ message }: { message: MessageDetail }) {
  const { isOperator, clientId } = useScope();
  const [change, setChange] = useState<Change>();
  const owner = isOperator ? (message.apiClientId ?? undefined) : clientId;
  return (
    <>
      {message.status === 'QUEUED' && <ChangeButtons of={message.to} choose={setChange} />}
      {change && <ChangeDialog change={change} message={message} owner={owner} close={() => setChange(undefined)} />}
    </>
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
      {message.possibleDuplicate && (
        <div className="problem">
          <p>
            <strong>POSSIBLE_DUPLICATE</strong>
          </p>
          <p>Carriers may have accepted this message twice. The timeline shows its attempts and receipts.</p>
        </div>
      )}
      {message.note && (
        <div className="notice">
          <p>{message.note}</p>
        </div>
      )}
      <Content message={message} />
      <Facts
        of={[
          [
            'Message ID',
            <>
              <code>{message.messageId}</code> <Copy text={message.messageId} />
            </>,
          ],
          ['From', <code key="from">{message.from}</code>],
          ['Pool', message.poolId && <Link href={`/pools/${message.poolId}`}>{message.poolId}</Link>],
          ['To', <code key="to">{message.to}</code>],
          ['Type', [message.messageType, message.encoding, segments(message.segments)].filter(Boolean).join(', ')],
          ['Reference', message.externalReference],
          [
            'Bulk send',
            message.bulkSendId && <Link href={`/messages?bulkSendId=${message.bulkSendId}`}>{message.bulkSendId}</Link>,
          ],
          ['Idempotency key', message.idempotencyKey && <code>{message.idempotencyKey}</code>],
          ['Purpose', message.purpose && 'automatic reply'],
          ['Keyword', message.keyword],
          ['Delivery guarantee', message.deliveryGuarantee?.replaceAll('_', ' ').toLowerCase()],
          ['Carrier', carriersOf(message)],
          ['Route', routeOf(message)],
          ['Carrier message ID', message.providerMessageRef && <code>{message.providerMessageRef}</code>],
          ['API client', message.apiClientId && <code>{message.apiClientId}</code>],
          ['Priority', message.priority && PRIORITY_LABELS[message.priority]],
          ['Created', <Time key="created" at={message.createdAt} />],
          ['Send at', message.sendAt && <BothTimes at={message.sendAt} />],
          ['Expires', message.expiresAt && <BothTimes at={message.expiresAt} />],
          ['Completed', message.finishedAt && <Time at={message.finishedAt} />],
        ]}
      />
    </>
  );
}

const segments = (count: number | null) => count && `${count} segment${count === 1 ? '' : 's'}`;
/** Why the carrier was selected. Known to operators only. */
const routeOf = ({ direction, route }: MessageDetail) =>
  direction === 'OUTBOUND' && route === null ? 'None. Carrier of the number, or default carrier' : route;
const carriersOf = ({ parts }: MessageDetail) => [...new Set(parts.map(({ carrier }) => carrier))].join(', ') || null;

function Content({ message: { text, media, finishedAt, ...message } }: { message: MessageDetail }) {
  const { isOperator, clientId } = useScope();
  const owner = isOperator ? (message.apiClientId ?? null) : clientId;
  return (
    <>
      {(text !== null || !media?.length) && <Text text={text} />}
      {media && media.length > 0 && (
        <div className="text-box">
          <Media media={media} clientId={owner} isOpen={message.direction === 'OUTBOUND' && finishedAt === null} />
        </div>
      )}
    </>
  );
}

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
