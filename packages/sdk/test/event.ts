import type { DeliveryEvent } from '../src/index.ts';

export const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
export const OTHER_SECRET = 'whsec_YW5vdGhlci1zZWNyZXQtYWx0b2dldGhlcg==';

export const EVENT: DeliveryEvent = {
  eventId: 'evt_abc123_3',
  type: 'message.delivery',
  occurredAt: '2026-11-23T12:00:00.000Z',
  sequence: 3,
  apiClientId: 'rc_test_client_123',
  messageId: 'msg_abc123',
  externalReference: 'order_789',
  numberId: 'num_abc123',
  from: '+15551234567',
  to: '+15551234567',
  messageType: 'SMS',
  status: 'DELIVERED',
  segments: 1,
  providerMessageRef: 'sim-abc123',
};
