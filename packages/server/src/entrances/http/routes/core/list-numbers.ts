import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { NumberResponse, refusals } from '#entrances/http/schemas/schemas.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import { senderTypeOf } from '#platform/phone-numbers.ts';

const schema = {
  operationId: 'listNumbers',
  summary: 'List the numbers of this API client',
  description: 'Needs the capability `numbers:read`.',
  tags: ['Numbers'],
  security: [{ bearer: [] }],
  response: {
    200: Type.Object({ numbers: Type.Array(NumberResponse) }, { description: 'All numbers, by phone number' }),
    ...refusals(401, 403, 429, 500, 502),
  },
};

export function listNumbers(app: App, { numbers, carriers }: Modules): void {
  app.get('/numbers', { schema, onRequest: requireCapability('numbers:read') }, async ({ apiClient }) => ({
    numbers: (await numbers.assignedTo(apiClient.id)).map((number) => publicNumber(number, carriers)),
  }));
}

/** Number in the form for its client. An override that is not set is absent. */
export function publicNumber(
  number: PhoneNumber,
  carriers: Pick<Modules['carriers'], 'mmsProblem'>,
): Static<typeof NumberResponse> {
  const { webhookInboundOverride, webhookDeliveryOverride, poolId, apiClientId: _, ...rest } = number;
  const type = senderTypeOf(number.e164);
  const mmsProblem = number.mmsEnabled ? carriers.mmsProblem(number) : undefined;
  return {
    ...rest,
    ...(type === 'LONG_CODE' ? {} : { type }),
    ...(mmsProblem ? { mmsProblem } : {}),
    ...(poolId ? { poolId } : {}),
    ...(webhookInboundOverride ? { webhookInboundOverride } : {}),
    ...(webhookDeliveryOverride ? { webhookDeliveryOverride } : {}),
  };
}
