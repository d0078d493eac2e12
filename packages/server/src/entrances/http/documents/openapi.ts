import Type, { type TSchema } from 'typebox';
import { VERSION } from '#platform/config.ts';
import { EVENT_EXAMPLE, EVENT_FIELDS, Failure, INBOUND_FIELDS, OUTBOUND_FIELDS } from '../schemas/event-schema.ts';

const TAGS = [
  { name: 'Account', description: 'Access tokens, and the API client of a token' },
  { name: 'Messages', description: 'Send messages and read their status' },
  { name: 'Bulk sends', description: 'Groups of send requests, such as one per row of a file' },
  { name: 'Events', description: 'All events in order, for polling instead of webhooks or in addition to them' },
  { name: 'Webhooks', description: 'Webhook URLs, secrets, delivery attempts and replays' },
  { name: 'Numbers', description: 'Numbers of the API client, and the inventory of available numbers' },
  { name: 'Opt-outs', description: 'Opt-outs of recipients, and automatic replies to keywords' },
  { name: 'Console', description: 'Sessions of the web console. Programs use access tokens.' },
  { name: 'Operations', description: 'Health and metrics' },
  { name: 'Operator', description: 'Accounts, API clients and numbers. Available if RC_ADMIN_TOKEN is set.' },
  { name: 'Sandbox', description: 'Tools to try out the API. Available in the sandbox only.' },
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
    summary: 'A carrier accepted the message',
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
    summary: 'A handset sent a message to one of your numbers',
    fields: INBOUND_FIELDS,
    example: { ...EVENT_EXAMPLE, eventId: 'evt_abc123_1', sequence: 1, text: 'Thank you, got it.' },
  },
];

/** Headers of webhook requests, with their names among the components. */
const SIGNATURE_HEADERS: readonly [name: string, description: string][] = [
  ['X-RedCloud-Timestamp', 'Time of this attempt in Unix seconds'],
  [
    'X-RedCloud-Signature',
    'Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret',
  ],
  ['webhook-id', 'Event id (Standard Webhooks)'],
  ['webhook-timestamp', 'Time of this attempt in Unix seconds (Standard Webhooks)'],
  [
    'webhook-signature',
    '`v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the ' +
      'overlap of a secret rotation two of them, separated by a space',
  ],
];

function webhook({ type, status, summary, fields, example }: Webhook) {
  return {
    post: {
      operationId: type.replace('message.', 'on.'),
      summary,
      description:
        'Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An ' +
        'event may arrive twice. Detect duplicates by `eventId`.',
      tags: ['Messages'],
      security: [],
      parameters: SIGNATURE_HEADERS.map(([name]) => ({ $ref: `#/components/parameters/${name}` })),
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
      responses: { '2XX': { description: 'Received' }, '4XX': { description: 'Repeated later' } },
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
      'Send SMS and MMS with one call that is safe to repeat, and follow each message by signed webhooks. An ' +
      'accepted message is never lost, and never silently sent twice.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: TAGS,
  components: {
    parameters: Object.fromEntries(
      SIGNATURE_HEADERS.map(([name, description]) => [
        name,
        { name, in: 'header' as const, required: true, description, schema: { type: 'string' } },
      ]),
    ),
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer', description: 'Access token from POST /api/auth/token' },
      basic: { type: 'http' as const, scheme: 'basic', description: 'client_id and client_secret' },
      operator: { type: 'http' as const, scheme: 'bearer', description: 'RC_ADMIN_TOKEN' },
    },
  },
  webhooks: Object.fromEntries(WEBHOOKS.map((hook) => [hook.type, webhook(hook)])),
};
