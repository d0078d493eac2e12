import Type, { type TProperties, type TSchema } from 'typebox';

/** Object without unknown fields. A misspelt field would be ignored otherwise. */
export const body = <P extends TProperties>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

/** Names a schema. The API document has the schema once, among its components. @param title unique */
export const named = <S extends TSchema>(title: string, schema: S): S => Object.assign(schema, { title });

/**
 * Property of a route's schema with the body of the request in the API document, for a body that is not JSON and that the
 * route reads itself.
 */
export const REQUEST_BODY = 'x-request-body';

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

export const ErrorResponse = named(
  'Error',
  Type.Object(
    {
      error: Type.Object({
        code: Type.String({ description: 'See docs/errors.md' }),
        message: Type.String(),
        details: Type.Record(Type.String(), Type.Unknown()),
      }),
      requestId: Type.String(),
    },
    {
      description: 'The request was rejected and changed nothing.',
      examples: [
        {
          error: { code: 'INVALID_REQUEST', message: 'Idempotency-Key header is required', details: {} },
          requestId: 'req_send_001',
        },
      ],
    },
  ),
);

/** Error responses of a route, by status. A route that responds 401 to a wrong credential responds 429 to too many. */
export function refusals<S extends number>(...statuses: S[]): Record<S, typeof ErrorResponse> {
  const all = statuses.includes(401 as S) ? [...statuses, 429] : statuses;
  return Object.fromEntries(all.map((status) => [status, ErrorResponse])) as Record<S, typeof ErrorResponse>;
}

const E164_FORM = '^\\+[1-9]\\d{6,14}$';
export const E164 = Type.String({ pattern: E164_FORM, examples: ['+15551234567'] });

const SENDER_FORM =
  "^(\\+[1-9]\\d{6,14}|\\d{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ._&'-]{0,9}[A-Za-z0-9])?)$";
/** Address of a number: E.164, a short code, or an alphanumeric sender. */
export const SenderAddress = Type.String({
  pattern: SENDER_FORM,
  description: 'E.164, a short code of 3 to 8 digits, or an alphanumeric sender of up to 11 characters with a letter',
  examples: ['+15551234567'],
});

export const SenderType = named(
  'SenderType',
  Type.Enum(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE', 'ALPHANUMERIC'], {
    description: 'Kind of sender. Absent in the list of a client for a long code',
  }),
);

/** An http or https URL with a host and nothing that a parser would silently drop (RFC 3986 §3). */
const HTTP_URL = '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#][!-~]*$';

/** The same with characters beyond ASCII, as in internationalized domain names. A space of any kind ends a URL. */
const WEBHOOK_URL = '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#][^\\s\\x00-\\x1f\\x7f]*$';

/** Readable forms of patterns, for error messages. */
export const PATTERN_WORDS: Readonly<Record<string, string>> = {
  [E164_FORM]: 'a number in E.164 form, such as +15551234567',
  [SENDER_FORM]: 'a number in E.164 form, a short code of 3 to 8 digits, or up to 11 letters, digits and spaces',
  [HTTP_URL]: 'a URL that begins with https:// or http://, without spaces',
  [WEBHOOK_URL]: 'a URL that begins with https:// or http://, without spaces',
};

/** Source of media. */
export const SourceUrl = Type.String({ maxLength: 2048, pattern: HTTP_URL });

export const WEBHOOK_URL_LENGTH = 2048;

/** URL of an endpoint. `withWebhookUrls` (urls.ts) checks the rest. */
export const WebhookUrl = named(
  'WebhookUrl',
  Type.String({
    maxLength: WEBHOOK_URL_LENGTH,
    pattern: WEBHOOK_URL,
    examples: ['https://example.com/hooks/redcloud'],
  }),
);

export const NullableWebhookUrl = named('NullableWebhookUrl', nullable(WebhookUrl));

export const Timestamp = named(
  'Timestamp',
  Type.String({ format: 'date-time', examples: ['2026-11-23T12:00:00.000Z'] }),
);
export const NullableTimestamp = named('NullableTimestamp', nullable(Timestamp));

const MmsProblem = named(
  'MmsProblem',
  Type.Enum(['CARRIER_WITHOUT_MMS', 'CARRIER_NOT_CONFIGURED'], {
    description: 'Reason why a number with `mmsEnabled` cannot send MMS. Absent otherwise.',
  }),
);

export const NumberResponse = named(
  'PhoneNumber',
  Type.Object(
    {
      numberId: Type.String(),
      e164: Type.String({ description: 'E.164, or a short code, or an alphanumeric sender' }),
      type: Type.Optional(SenderType),
      status: Type.Union([Type.Literal('ACTIVE'), Type.Literal('INACTIVE')]),
      campaignRegId: nullable(Type.String()),
      smsEnabled: Type.Boolean(),
      mmsEnabled: Type.Boolean(),
      mmsProblem: Type.Optional(MmsProblem),
      webhookInboundOverride: Type.Optional(Type.String()),
      webhookDeliveryOverride: Type.Optional(Type.String()),
      poolId: Type.Optional(
        Type.String({ description: 'Sender pool of the number, which `sendFrom` of a send may name' }),
      ),
    },
    {
      examples: [
        {
          numberId: 'num_abc123',
          e164: '+15551234567',
          status: 'ACTIVE',
          campaignRegId: 'camp_abc123',
          smsEnabled: true,
          mmsEnabled: true,
        },
      ],
    },
  ),
);
