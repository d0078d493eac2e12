import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { OPERATOR, RepeatHeaders, repeatOf, toCreated } from '#entrances/http/schemas/repeat.ts';
import { body, named, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { ADMIN } from './admin.ts';

export const Standing = Type.Enum(['ACTIVE', 'SUSPENDED']);
const Name = Type.String({ minLength: 1, maxLength: 255 });

const Account = named(
  'Account',
  Type.Object({ id: Type.String(), name: Type.String(), status: Standing, createdAt: Timestamp }),
);

export function adminAccounts(app: App, { accounts }: Modules): void {
  app.post(
    '/accounts',
    {
      schema: {
        ...ADMIN,
        operationId: 'createAccount',
        summary: 'Create an account',
        headers: RepeatHeaders,
        body: body({ name: Name }),
        response: { 201: Account, ...refusals(400, 401, 409, 413, 415, 500, 502) },
      },
    },
    async (request, reply) => {
      const account = await accounts.create(request.body.name, repeatOf(request, OPERATOR));
      return reply.code(201).send(toResponse(toCreated(account, reply)));
    },
  );

  app.get(
    '/accounts',
    {
      schema: {
        ...ADMIN,
        operationId: 'listAccounts',
        summary: 'List accounts by name',
        response: { 200: Type.Object({ accounts: Type.Array(Account) }), ...refusals(401, 500, 502) },
      },
    },
    async () => ({ accounts: (await accounts.all()).map(toResponse) }),
  );

  app.patch(
    '/accounts/:accountId',
    {
      schema: {
        ...ADMIN,
        operationId: 'updateAccount',
        summary: 'Rename, suspend or reactivate an account',
        description: 'A suspension applies to all API clients of the account from their next request on.',
        params: Type.Object({ accountId: Type.String() }),
        body: body({ name: Type.Optional(Name), status: Type.Optional(Standing) }),
        response: { 200: Account, ...refusals(400, 401, 404, 413, 415, 500, 502) },
      },
    },
    async (request) => toResponse(await accounts.update(request.params.accountId, request.body)),
  );
}

/** Row with its date in the text form of the API. */
export function toResponse<T extends { createdAt: Date }>(row: T): Omit<T, 'createdAt'> & { createdAt: string } {
  return { ...row, createdAt: row.createdAt.toISOString() };
}
