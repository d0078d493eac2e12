import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { isStorable, Limit, limitOf, readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { body, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { type FaultyPage, FIRST, type Key } from '#optouts/repair.ts';
import { ADMIN } from './admin.ts';

const After = Type.Optional(Type.String({ maxLength: 2048, description: '`nextCursor` of the previous page' }));

const Faulty = named(
  'ImpossibleOptOut',
  Type.Object(
    {
      apiClientId: Type.String(),
      numberId: Type.String(),
      recipient: Type.String(),
      origin: Type.String(),
      createdAt: Timestamp,
      fault: Type.Enum(['IMPOSSIBLE', 'DOUBTFUL'], {
        description: 'DOUBTFUL: the length is possible, but only the correction is an assigned number',
      }),
      corrections: Type.Array(Type.String({ description: 'E.164' })),
      action: Type.Enum(['REPLACE', 'REMOVE', 'ADD', 'NONE'], {
        description:
          'Effect of a repair. REPLACE: opt out the correction, then remove this opt-out. REMOVE: remove this opt-out, ' +
          'since the correction is opted out. ADD: opt out the correction and keep this opt-out. NONE: no change, ' +
          'because there is not exactly one correction, or the correction has opted in since.',
      }),
    },
    {
      examples: [
        {
          apiClientId: 'rc_test_client_123',
          numberId: 'num_abc123',
          recipient: '+115550104321',
          origin: 'HANDSET',
          createdAt: '2026-11-23T12:00:00.000Z',
          fault: 'IMPOSSIBLE',
          corrections: ['+15550104321'],
          action: 'REPLACE',
        },
      ],
    },
  ),
);

const page = { optOuts: Type.Array(Faulty), nextCursor: nullable(Type.String()) };

const listSchema = {
  ...ADMIN,
  operationId: 'listImpossibleOptOuts',
  summary: 'List opt-outs with impossible recipients',
  description:
    'Opt-outs without effect, because earlier versions misread national numbers of SMPP carriers: with an extra ' +
    'calling code, with a trunk prefix, or without a 0 that belongs to the number. A page may be short or empty ' +
    'before the end. Continue until `nextCursor` is null.',
  querystring: body({ limit: Limit, after: After }),
  response: { 200: Type.Object(page), ...refusals(400, 401, 500, 502) },
};

const repairSchema = {
  ...ADMIN,
  operationId: 'repairOptOuts',
  summary: 'Correct opt-outs with impossible recipients',
  description:
    'Handles one page of the list. Without `apply`, nothing is changed. A correction keeps origin, keyword and time, ' +
    'and the history contains both changes. Correction and removal are one commit, so the number is protected at all ' +
    'times. Safe to repeat, and to use while messages are sent.',
  body: body(
    {
      apply: Type.Optional(Type.Boolean({ description: 'Default: false' })),
      limit: Limit,
      after: After,
    },
    { examples: [{ apply: true }] },
  ),
  response: {
    200: Type.Object({ applied: Type.Boolean(), ...page }),
    ...refusals(400, 401, 413, 415, 500, 502),
  },
};

export function adminOptOuts(app: App, { optOutRepair }: Modules): void {
  app.get('/opt-outs/impossible', { schema: listSchema, preValidation: readLimit }, async ({ query }) =>
    toResponse(await optOutRepair.page(keyOf(query.after, 'querystring'), limitOf(query))),
  );

  app.post('/opt-outs/repair', { schema: repairSchema }, async ({ body: { apply = false, after, limit } }) => {
    const key = keyOf(after, 'body');
    const carryOut = apply ? optOutRepair.repair : optOutRepair.page;
    return { applied: apply, ...toResponse(await carryOut(key, limitOf({ limit }))) };
  });
}

function keyOf(after: string | undefined, within: string): Key {
  return after === undefined ? FIRST : readCursor('after', after, isKey, within);
}

function isKey(value: unknown): value is [string, string, string] {
  return Array.isArray(value) && value.length === 3 && value.every(isStorable);
}

function toResponse({ optOuts, next }: FaultyPage) {
  return {
    optOuts: optOuts.map(({ createdAt, ...optOut }) => ({ ...optOut, createdAt: createdAt.toISOString() })),
    nextCursor: next ? toCursor(next) : null,
  };
}
