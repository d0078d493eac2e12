import { Agent, request } from 'undici';
import type { EventBody, EventType } from '../../packages/server/src/events/events.ts';
import { signatureHeaders } from '../../packages/server/src/webhooks/delivery/sign.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
/** Number of connections that Red Cloud opens to one endpoint. */
const CONNECTIONS = 64;

/** Fields of a message in its webhooks. */
export interface MessageFields {
  messageId: string;
  to: string;
  externalReference: string;
}

/** The three events of a message, in order. */
export const EVENTS = ['message.queued', 'message.sent', 'message.delivery'] as const satisfies readonly EventType[];
const STATUS = { 'message.queued': 'QUEUED', 'message.sent': 'SENT', 'message.delivery': 'DELIVERED' } as const;

/** Posts webhooks with the fields and signatures of Red Cloud, with undici. */
export class Poster {
  readonly #url: string;
  readonly #agent = new Agent({ connections: CONNECTIONS });

  constructor(url: string) {
    this.#url = url;
  }

  /** @param sequence 1, 2 or 3 @throws when the webhook was not acknowledged */
  async post(message: MessageFields, sequence: number, carrierRef: string | undefined): Promise<void> {
    const event = eventOf(message, sequence, carrierRef);
    const body = JSON.stringify(event);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'RedCloud/bench',
      ...signatureHeaders({ current: SECRET, former: undefined }, event.eventId, Math.floor(Date.now() / 1000), body),
    };
    await postTo(this.#agent, this.#url, headers, body);
  }
}

/** @returns the body of the response @throws unless the status is 2xx */
export async function postTo(
  dispatcher: Agent,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<string> {
  const response = await request(url, { method: 'POST', headers, body, dispatcher });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${url} returned status ${response.statusCode}: ${text}`);
  return text;
}

function eventOf(
  { messageId, to, externalReference }: MessageFields,
  sequence: number,
  carrierRef?: string,
): EventBody {
  const type = EVENTS[sequence - 1] ?? 'message.delivery';
  return {
    eventId: `evt_${messageId.slice(4)}_${sequence}`,
    type,
    occurredAt: new Date().toISOString(),
    sequence,
    apiClientId: 'rc_test_client_123',
    messageId,
    externalReference,
    numberId: 'num_abc123',
    from: '+15557654321',
    to,
    messageType: 'SMS',
    status: STATUS[type as keyof typeof STATUS],
    segments: 1,
    ...(carrierRef === undefined ? {} : { providerMessageRef: carrierRef }),
  };
}
