import Type, { type TSchema } from 'typebox';
import { VERSION } from '../config.ts';
import { EVENT_EXAMPLE, EVENT_FIELDS, Failure, INBOUND_FIELDS, OUTBOUND_FIELDS } from './event-schema.ts';

const TAGS = [
  { name: 'Account', description: 'Tokens, and who one is' },
  { name: 'Messages', description: 'Send, and see what became of it' },
  { name: 'Events', description: 'Everything that happened, in order: to poll instead of webhooks, or after them' },
  { name: 'Webhooks', description: 'Where events go, what signs them, every attempt, and sending again' },
  { name: 'Numbers', description: 'What one can send from' },
  { name: 'Opt-outs', description: 'Who wants no more messages, and what handsets are answered' },
  { name: 'Console', description: 'Sessions of the console; programs use tokens' },
  { name: 'Operations', description: 'Health and metrics' },
  { name: 'Operator', description: 'Accounts, API clients and numbers; only there when RC_ADMIN_TOKEN is set' },
  { name: 'Sandbox', description: 'To try things out; only there in the sandbox' },
];

interface Webhook {
  type: string;
  status: string;
  summary: string;
  fields: Record<string, TSchema>;
  example: object;
}

const { providerMessageRef: _, ...QUEUED } = EVENT_EXAMPLE;

const WEBHOOKS: Webhook[] = [
  {
    type: 'message.queued',
    status: 'QUEUED',
    summary: 'A message was accepted',
    fields: OUTBOUND_FIELDS,
    example: { ...QUEUED, eventId: 'evt_abc123_1', sequence: 1 },
  },
  {
    type: 'message.sent',
    status: 'SENT',
    summary: 'A carrier has taken the message',
    fields: OUTBOUND_FIELDS,
    example: { ...EVENT_EXAMPLE, eventId: 'evt_abc123_2', sequence: 2 },
  },
  {
    type: 'message.delivery',
    status: 'DELIVERED',
    summary: 'The message reached the handset',
    fields: OUTBOUND_FIELDS,
    example: EVENT_EXAMPLE,
  },
  {
    type: 'message.failed',
    status: 'FAILED',
    summary: 'The message will not be delivered',
    fields: { error: Failure, ...OUTBOUND_FIELDS },
    example: {
      ...QUEUED,
      eventId: 'evt_abc123_2',
      sequence: 2,
      error: {
        code: 'CARRIER_REJECTED',
        message: 'The carrier refused the message',
        details: { carrierCode: 'SIM_REJECTED', reason: 'Destination is barred' },
      },
    },
  },
  {
    type: 'message.inbound',
    status: 'RECEIVED',
    summary: 'A handset has written to one of your numbers',
    fields: INBOUND_FIELDS,
    example: { ...EVENT_EXAMPLE, eventId: 'evt_abc123_1', sequence: 1, text: 'Thank you, got it.' },
  },
];

const SIGNATURE_HEADERS = [
  ['X-RedCloud-Timestamp', 'Unix seconds of this attempt'],
  [
    'X-RedCloud-Signature',
    'Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret',
  ],
  ['webhook-id', 'The event id (Standard Webhooks)'],
  ['webhook-timestamp', 'Unix seconds of this attempt (Standard Webhooks)'],
  [
    'webhook-signature',
    '`v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a ' +
      'space between',
  ],
];

function webhook({ type, status, summary, fields, example }: Webhook) {
  return {
    post: {
      operationId: type.replace('message.', 'on.'),
      summary,
      description:
        'Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may ' +
        'come twice: know it by its eventId.',
      tags: ['Messages'],
      security: [],
      parameters: SIGNATURE_HEADERS.map(([name, description]) => ({
        name,
        in: 'header',
        required: true,
        description,
        schema: { type: 'string' },
      })),
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: Type.Object({
              ...EVENT_FIELDS,
              type: Type.Literal(type),
              status: Type.Literal(status),
              ...fields,
            }),
            examples: { canonical: { value: { ...example, type, status } } },
          },
        },
      },
      responses: { '2XX': { description: 'Taken' }, '4XX': { description: 'Tried again later' } },
    },
  };
}

/** Parts of the API document without routes. The rest is generated from the routes' schemas. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'Red Cloud',
    version: VERSION,
    description:
      'Queue SMS and MMS with one call that is safe to retry; follow each message through signed webhooks. A message that ' +
      'was accepted is never lost and never silently sent twice.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: TAGS,
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer', description: 'An access token from POST /api/auth/token' },
      basic: { type: 'http' as const, scheme: 'basic', description: 'client_id and client_secret' },
      operator: { type: 'http' as const, scheme: 'bearer', description: 'RC_ADMIN_TOKEN' },
    },
  },
  webhooks: Object.fromEntries(WEBHOOKS.map((hook) => [hook.type, webhook(hook)])),
};
