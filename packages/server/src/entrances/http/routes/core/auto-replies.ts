import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, named, refusals } from '#entrances/http/schemas/schemas.ts';
import { type AutoReplySettings, REPLY_KINDS } from '#identity/auto-replies.ts';
import { segment } from '#messages/request/segments.ts';
import { MAX_SEGMENTS } from '#messages/request/send-request.ts';
import { invalidRequest } from '#platform/errors.ts';

const common = { tags: ['Opt-outs'], security: [{ bearer: [] }] };

const Setting = named(
  'AutoReplySetting',
  Type.Union([Type.String({ minLength: 1, maxLength: 480 }), Type.Literal(false), Type.Null()], {
    description: 'Your own text. null: the default text. false: no reply.',
  }),
);
const OneOfThree = Type.Object({ optOut: Setting, optIn: Setting, help: Setting });
const Text = Type.String();

const AutoRepliesResponse = named(
  'AutoReplies',
  Type.Object(
    {
      ...OneOfThree.properties,
      defaults: Type.Object({ optOut: Text, optIn: Text, help: Text }),
    },
    {
      examples: [
        {
          optOut: null,
          optIn: 'Welcome back!',
          help: false,
          defaults: {
            optOut: 'Sandbox: You are unsubscribed and will receive no more messages. Reply START to resubscribe.',
            optIn: 'Sandbox: You are subscribed again. Reply HELP for help, STOP to unsubscribe.',
            help: 'Sandbox: Reply STOP to unsubscribe, START to resubscribe. Message and data rates may apply.',
          },
        },
      ],
    },
  ),
);

const readSchema = {
  ...common,
  operationId: 'getAutoReplies',
  summary: 'Get the automatic replies to keywords',
  description: 'Needs the capability `optouts:read`.',
  response: { 200: AutoRepliesResponse, ...refusals(401, 403, 429, 500, 502) },
};

const changeSchema = {
  ...common,
  operationId: 'updateAutoReplies',
  summary: 'Change the automatic replies to keywords',
  description: 'Omitted fields stay unchanged. Needs the capability `optouts:update`.',
  body: body(
    { optOut: Type.Optional(Setting), optIn: Type.Optional(Setting), help: Type.Optional(Setting) },
    { examples: [{ optIn: 'Welcome back!', help: false }] },
  ),
  response: { 200: AutoRepliesResponse, ...refusals(400, 401, 403, 413, 415, 429, 500, 502) },
};

export function autoReplies(app: App, { autoReplies }: Modules): void {
  app.get('/auto-replies', { schema: readSchema, onRequest: requireCapability('optouts:read') }, async (request) =>
    toResponse(await autoReplies.of(request.apiClient.id)),
  );

  app.patch(
    '/auto-replies',
    { schema: changeSchema, onRequest: requireCapability('optouts:update') },
    async (request) => {
      if (Object.keys(request.body).length === 0) throw invalidRequest('Nothing to change');
      for (const kind of REPLY_KINDS) checkText(kind, request.body[kind]);
      return toResponse(await autoReplies.update(request.apiClient.id, request.body));
    },
  );
}

/** @throws ApiError INVALID_REQUEST for a text that a send would reject. */
function checkText(field: string, setting: string | false | null | undefined): void {
  if (typeof setting !== 'string') return;
  const details = { in: 'body', field };
  if (setting.trim() === '') throw invalidRequest(`${field} is blank. Set false to send no reply.`, details);
  const { segments } = segment(setting);
  if (segments.length <= MAX_SEGMENTS) return;
  throw invalidRequest(`${field} takes ${segments.length} segments, but at most ${MAX_SEGMENTS} are allowed`, details);
}

function toResponse({ settings, defaults }: AutoReplySettings) {
  const { optOut, optIn, help } = settings;
  return { optOut, optIn, help, defaults };
}
