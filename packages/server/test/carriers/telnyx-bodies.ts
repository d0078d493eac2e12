import { randomBytes } from 'node:crypto';
import type Telnyx from 'telnyx';
import type { Accepted, Inbound, Reported } from './mock-vendor.ts';

/** Bodies of Telnyx, in the types of its SDK, so that the mock vendor sends no field that Telnyx does not have. */

export function telnyxReport({ id, from, to }: Accepted, state: Reported): Telnyx.DeliveryUpdateWebhookEvent {
  const statuses = {
    sent: 'sent',
    delivered: 'delivered',
    failed: 'delivery_failed',
    unconfirmed: 'delivery_unconfirmed',
  };
  const status = statuses[state] as Telnyx.OutboundMessagePayload.To['status'] & string;
  const error: Telnyx.MessagingError0b38e7044b = { code: '40002', title: 'Blocked', detail: 'Blocked as spam' };
  const payload: Telnyx.OutboundMessagePayload = {
    id,
    record_type: 'message',
    direction: 'outbound',
    type: 'SMS',
    from: { phone_number: from },
    to: [{ phone_number: to, status }],
    errors: state === 'failed' ? [error] : [],
  };
  return {
    data: {
      event_type: state === 'sent' ? 'message.sent' : 'message.finalized',
      id: randomBytes(8).toString('hex'),
      record_type: 'event',
      payload,
    },
  };
}

export function telnyxInbound({ id, from, to, text, media = [] }: Inbound): Telnyx.InboundMessageWebhookEvent {
  const payload: Telnyx.InboundMessagePayload = {
    id,
    record_type: 'message',
    direction: 'inbound',
    from: { phone_number: from },
    to: [{ phone_number: to }],
    text,
    media: media.map((url) => ({ url, content_type: 'image/jpeg', size: 1, sha256: '' })),
    type: media.length > 0 ? 'MMS' : 'SMS',
  };
  return { data: { event_type: 'message.received', id, record_type: 'event', payload } };
}

export function telnyxAccepted({ id, to }: Pick<Accepted, 'id' | 'to'>): Telnyx.MessageSendResponse {
  return { data: { id, record_type: 'message', to: [{ phone_number: to, status: 'queued' }] } };
}

export function telnyxRejected(): { errors: Telnyx.MessagingError0b38e7044b[] } {
  return { errors: [{ code: '40310', title: "Invalid 'to' address", detail: 'Invalid' }] };
}
