import type { Answer, TestRedCloud } from './redcloud.ts';

export const SANDBOX_CLIENT = 'rc_test_client_123';

/** Number of a pool in a test. */
export interface Member {
  numberId: string;
  e164: string;
}

let serial = 0;

/** Digits that differ in each call within a process. */
export function nextSerial(): number {
  serial += 1;
  return serial;
}

/** Imports numbers with these area codes. @param more settings of all numbers. */
export async function importNumbers(
  redcloud: TestRedCloud,
  areas: readonly string[],
  more: Record<string, unknown> = {},
): Promise<Member[]> {
  const numbers = areas.map((area) => ({
    e164: `+1${area}777${String(nextSerial()).padStart(4, '0')}`,
    ...{ apiClientId: SANDBOX_CLIENT, campaignRegId: 'camp_pool' },
    ...more,
  }));
  const { json } = await redcloud.admin('POST', '/numbers', { numbers });
  return json.imported.toSorted(
    (one: Member, other: Member) =>
      numbers.findIndex(({ e164 }) => e164 === one.e164) - numbers.findIndex(({ e164 }) => e164 === other.e164),
  );
}

/** Creates a pool of new numbers with these area codes. */
export async function createPool(redcloud: TestRedCloud, areas: readonly string[], more: Record<string, unknown> = {}) {
  const members = await importNumbers(redcloud, areas, more);
  const numberIds = members.map(({ numberId }) => numberId);
  const { json } = await redcloud.admin('POST', '/pools', { apiClientId: SANDBOX_CLIENT, name: 'Pool', numberIds });
  return { poolId: json.poolId as string, members };
}

/** Sends from a number or a pool. */
export function sendFrom(redcloud: TestRedCloud, id: string, to: readonly string[], body = {}): Promise<Answer> {
  return redcloud.send(`pool ${nextSerial()} ${Math.random()}`, { sendFrom: id, to, ...body });
}

/** Addresses from which the messages of a send were accepted, in the order of its results. */
export async function sendersOf(redcloud: TestRedCloud, answer: Answer): Promise<string[]> {
  const ids: string[] = answer.json.results.map(({ messageId }: { messageId: string }) => messageId);
  return Promise.all(ids.map(async (id) => (await redcloud.call(`/api/core/messages/${id}`)).json.from));
}
