import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { named, nullable, refusals } from '#entrances/http/schemas/schemas.ts';
import { invalidRequest } from '#platform/errors.ts';
import { E164 } from '#platform/phone-numbers.ts';
import { isPoolId } from '#pools/pools.ts';
import { ADMIN } from './admin.ts';

const Carrier = named(
  'Carrier',
  Type.Object({
    name: Type.String(),
    type: Type.String(),
    state: Type.Enum(['up', 'throttled', 'silent', 'failing', 'misconfigured', 'down', 'paused'], {
      description: 'Best state of the links of all processes. failing: the circuit breaker is open',
    }),
    reason: nullable(Type.String({ description: 'Why the carrier accepts no message' })),
    paused: Type.Boolean(),
    disabled: Type.Boolean({ description: 'The carrier takes no new messages ("disabled" in RC_CARRIERS)' }),
    isDefault: Type.Boolean(),
    queued: Type.Integer({ description: 'Waiting messages' }),
    oldestSeconds: Type.Integer({ description: 'Age of the oldest waiting message' }),
    ratePerSecond: Type.Number({ description: 'Segments accepted per second' }),
    window: Type.Integer({ description: 'Segments that may be in progress at once' }),
    failureShare: nullable(Type.Number({ description: 'Share of failed submits of the last minute, 0 to 1' })),
    configHash: Type.String(),
    configDiffers: Type.Boolean({ description: 'A process has other settings for the carrier, or lacks it' }),
  }),
);

const ByName = Type.Object({ name: Type.String() });

const Explanation = named(
  'RouteExplanation',
  Type.Object({
    numberId: nullable(
      Type.String({ description: 'Number that would send. null: no number of the pool can send to the recipient' }),
    ),
    carrier: nullable(Type.String({ description: 'null: no carrier can carry the message. `reason` names the cause' })),
    route: nullable(Type.String({ description: 'null: the carrier of the number, or the default carrier' })),
    reason: Type.String(),
    errorCode: nullable(Type.String({ description: 'Error of a send, if no carrier can carry the message' })),
    isAvailable: Type.Boolean({ description: 'false: the message waits for the carrier' }),
    candidates: Type.Array(Type.Object({ carrier: Type.String(), problem: nullable(Type.String()) }), {
      description: 'Carriers in the order in which they are tried, with the reason why one accepts nothing now',
    }),
    skipped: Type.Array(
      Type.Object({ route: nullable(Type.String()), carrier: nullable(Type.String()), reason: Type.String() }),
      { description: 'Routes and carriers that do not apply' },
    ),
  }),
);

/** State of carriers, pause and resume, and the explanation of routes. */
export function adminCarriers(app: App, { carriers }: Modules): void {
  app.get(
    '/carriers',
    {
      schema: {
        ...ADMIN,
        operationId: 'listCarriers',
        summary: 'List carriers with their states',
        response: { 200: Type.Object({ carriers: Type.Array(Carrier) }), ...refusals(401, 500, 502) },
      },
    },
    async () => ({ carriers: await carriers.admin.list() }),
  );

  app.post(
    '/carriers/:name/pause',
    {
      schema: {
        ...ADMIN,
        operationId: 'pauseCarrier',
        summary: 'Pause a carrier',
        description:
          'Stops submits in all processes within two seconds, also after a restart. Receipts and inbound messages ' +
          'continue. Messages use other carriers of their route, or wait.',
        params: ByName,
        response: { 200: Carrier, ...refusals(401, 404, 500, 502) },
      },
    },
    ({ params, principal }) => carriers.admin.pause(params.name, principal?.kind ?? 'operator'),
  );

  app.post(
    '/carriers/:name/resume',
    {
      schema: {
        ...ADMIN,
        operationId: 'resumeCarrier',
        summary: 'Resume a carrier',
        params: ByName,
        response: { 200: Carrier, ...refusals(401, 404, 500, 502) },
      },
    },
    ({ params }) => carriers.admin.resume(params.name),
  );

  app.get(
    '/route',
    {
      schema: {
        ...ADMIN,
        operationId: 'explainRoute',
        summary: 'Explain which route a message would take',
        description:
          'For a sender pool, the answer is for the number that the pool would select now. Nothing is sent or stored.',
        querystring: Type.Object(
          {
            to: Type.String({ description: 'Recipient in E.164' }),
            from: Type.String({ description: 'Id or address of a number, or id of a sender pool' }),
            messageType: Type.Optional(Type.Enum(['SMS', 'MMS'])),
          },
          { additionalProperties: false },
        ),
        response: { 200: Explanation, ...refusals(400, 401, 500, 502) },
      },
    },
    async ({ query }) => {
      const { to, from, messageType = 'SMS' } = query;
      if (!E164.test(to)) {
        throw invalidRequest('to must be a phone number in E.164, such as +15551230000', { field: 'to' });
      }
      const explained = await carriers.explain(from, messageType, to);
      if (!explained) {
        const kind = isPoolId(from) ? 'Pool' : 'Number';
        throw invalidRequest(`${kind} ${JSON.stringify(from)} does not exist`, { field: 'from' });
      }
      const { numberId, decision, error, candidates, skipped } = explained;
      return {
        numberId: numberId ?? null,
        carrier: decision?.carrier ?? null,
        route: decision?.route ?? null,
        reason: decision?.reason ?? error?.message ?? '',
        errorCode: error?.code ?? null,
        isAvailable: decision?.isAvailable ?? false,
        candidates: candidates.map(({ carrier, problem = null }) => ({ carrier, problem })),
        skipped: skipped.map(({ route = null, carrier = null, reason }) => ({ route, carrier, reason })),
      };
    },
  );
}
