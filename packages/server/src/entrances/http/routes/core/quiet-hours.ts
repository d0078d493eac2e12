import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { body, refusals } from '#entrances/http/schemas/schemas.ts';
import type { StoredQuietHours } from '#identity/quiet-hours.ts';
import { DEFAULT_QUIET_HOURS, readQuietHours } from '#policies/quiet-hours/window.ts';

const common = { tags: ['Messages'], security: [{ bearer: [] }] };
const Days = Type.Array(Type.String({ maxLength: 3 }), {
  maxItems: 7,
  description: 'MON, TUE, WED, THU, FRI, SAT, SUN',
});

const EXAMPLE = { enabled: true, start: '08:00', end: '21:00', days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] };

export const QuietHoursResponse = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Whether quiet hours apply to sends without `respectQuietHours`' }),
    start: Type.String({ description: 'Begin of the permitted hours, such as 08:00' }),
    end: Type.String({ description: 'End of the permitted hours, such as 21:00 or 24:00' }),
    days: Days,
  },
  {
    description: 'Hours and weekdays in which messages may be sent, in the time zone of the recipient',
    examples: [EXAMPLE],
  },
);

export const QuietHoursBody = body(
  {
    enabled: Type.Boolean(),
    start: Type.Optional(Type.String({ maxLength: 5 })),
    end: Type.Optional(Type.String({ maxLength: 5 })),
    days: Type.Optional(Days),
  },
  { examples: [EXAMPLE] },
);

const readSchema = {
  ...common,
  operationId: 'getQuietHours',
  summary: 'Get the quiet hours',
  description: 'Needs the capability `messages:read`.',
  response: { 200: QuietHoursResponse, ...refusals(401, 403, 429, 500, 502) },
};

const changeSchema = {
  ...common,
  operationId: 'setQuietHours',
  summary: 'Set the quiet hours',
  description:
    'Messages are sent from `start` to `end` on the given weekdays only. Hours that cross midnight belong to the weekday on which ' +
    'they begin. Waiting messages follow the new hours. Absent fields get their default. Needs the capability `messages:send`.',
  body: QuietHoursBody,
  response: { 200: QuietHoursResponse, ...refusals(400, 401, 403, 413, 415, 429, 500, 502) },
};

export function quietHours(app: App, { quietHours }: Modules): void {
  app.get('/quiet-hours', { schema: readSchema, onRequest: requireCapability('messages:read') }, async (request) =>
    shownQuietHours(await quietHours.of(request.apiClient.id)),
  );

  app.put('/quiet-hours', { schema: changeSchema, onRequest: requireCapability('messages:send') }, async (request) => {
    const settings = storedQuietHours(request.body);
    await quietHours.set(request.apiClient.id, settings);
    return shownQuietHours(settings);
  });
}

/** @throws ApiError INVALID_REQUEST naming the field. */
export function storedQuietHours(body: Static<typeof QuietHoursBody>): StoredQuietHours {
  const settings = readQuietHours(body);
  return { ...settings, days: [...settings.days] };
}

/** Quiet hours of a client in the form of the API. Absent: the client has the default. */
export function shownQuietHours(stored: StoredQuietHours | null | undefined): Static<typeof QuietHoursResponse> {
  const { enabled, start, end, days } = stored ?? DEFAULT_QUIET_HOURS;
  return { enabled, start, end, days: [...days] };
}
