import { Link } from 'wouter';
import { useCore } from '../../api/scope.tsx';
import type { Message, MessagesPage, Webhooks, Whoami } from '../../api/types.ts';
import { whole } from '../../ui/format.ts';
import { Page, Panel } from '../../ui/parts.tsx';
import { Answer } from '../../ui/states.tsx';
import { NoMessages } from '../messages/no-messages.tsx';
import { MessageTable } from '../messages/table.tsx';
import { endpointState } from '../webhooks/endpoint-state.ts';
import { Tile, Tiles } from './tiles.tsx';

const EVERY_MS = 5000;
const LATEST = 20;

/** Overview of one API client. */
export function ClientOverview() {
  const whoami = useCore<Whoami>('/whoami', EVERY_MS * 6);
  const webhooks = useCore<Webhooks>('/webhooks', EVERY_MS);
  const latest = useCore<MessagesPage>(`/messages?limit=${LATEST}`, EVERY_MS);
  return (
    <Page title="Overview">
      <Answer query={whoami} rows={2}>
        {({ apiClientName, assignedNumbers: { total, smsEnabledCount, mmsEnabledCount } }) => (
          <Tiles>
            <Tile label="API client" value={apiClientName} />
            <Tile
              label="Numbers"
              value={whole(total)}
              note={`${smsEnabledCount} for SMS, ${mmsEnabledCount} for MMS`}
            />
            <WebhookTile webhooks={webhooks.data} refused={webhooks.isError} />
            <LatestTile messages={latest.data?.messages} refused={latest.isError} />
          </Tiles>
        )}
      </Answer>
      <Panel title="Latest messages" aside={<Link href="/messages">All messages</Link>}>
        <Answer query={latest}>
          {({ messages }) => (messages.length === 0 ? <NoMessages /> : <MessageTable messages={messages} />)}
        </Answer>
      </Panel>
    </Page>
  );
}

/** Placeholder for data that the client may not read or cannot read now, in contrast to empty data. */
const NOT_SEEN = { value: '–', note: 'not available' };

function WebhookTile({ webhooks, refused }: { webhooks: Webhooks | undefined; refused: boolean }) {
  if (refused && !webhooks) return <Tile label="Failing endpoints" {...NOT_SEEN} />;
  const states = webhooks?.endpoints.map(endpointState) ?? [];
  const troubled = states.filter((state) => state !== 'ACTIVE').length;
  if (troubled > 0) return <Tile label="Failing endpoints" value={whole(troubled)} tone="bad" />;
  if (states.length === 0) return <Tile label="Failing endpoints" value="–" note="no endpoint used yet" />;
  return <Tile label="Failing endpoints" value="0" tone="good" note={`of ${whole(states.length)} known`} />;
}

function LatestTile({ messages, refused }: { messages: Message[] | undefined; refused: boolean }) {
  if (!messages) return <Tile label="Failed" {...(refused ? NOT_SEEN : { value: '–' })} />;
  const failed = messages.filter(({ status }) => status === 'FAILED').length;
  return (
    <Tile
      label="Failed"
      value={whole(failed)}
      tone={failed > 0 ? 'bad' : 'calm'}
      note={messages.length > 0 ? `of the latest ${messages.length}` : 'no messages yet'}
    />
  );
}
