import type { PhoneNumber } from '#numbers/numbers.ts';

/** Number that may send for the client of the tests. */
function testNumber(numberId: string, apiClientId = 'client'): PhoneNumber {
  return {
    ...{ numberId, e164: '+15551234567', apiClientId, status: 'ACTIVE', campaignRegId: 'camp' },
    ...{ smsEnabled: true, mmsEnabled: true, carrier: null, carriers: null, allowedCountries: null },
    ...{ webhookInboundOverride: null, webhookDeliveryOverride: null, poolId: null },
  };
}

/** Rules of schedules that delay and limit nothing. */
export const NO_SCHEDULE = {
  scheduledLimit: { admit: async () => ({ settle: () => undefined, undo: () => undefined }) },
  quietHours: { of: async () => ({ zone: null }) },
  bulkSends: { requireOpen: async () => undefined },
};

/** Parts of modules under test whose numbers are in no pool. */
export const NO_POOLS = {
  scopeOf: async () => ({ poolId: undefined, memberIds: [] }),
  numberOf: async (numberId: string) => testNumber(numberId),
  conversations: { setNumber: () => Promise.reject(unexpected()) },
  poolSenders: {
    sender: () => Promise.reject(unexpected()),
    assign: () => Promise.reject(unexpected()),
    mediaLimits(): never {
      throw unexpected();
    },
  },
};

function unexpected(): Error {
  return new Error('This test has no pools');
}
