import { expect } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';

/** Name that is too long for every field. */
export const LONG = 'x'.repeat(256);
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/**
 * Starts Red Cloud for one test file.
 * @returns access to Red Cloud, and functions that call the routes of the operator.
 */
export function asOperator() {
  const { redcloud } = ownRedCloud();
  const admin = (method: string, path: string, body?: unknown) => redcloud().admin(method, path, body);

  async function account(name = 'Account'): Promise<{ id: string }> {
    return (await admin('POST', '/accounts', { name })).json;
  }

  async function client(settings: object = {}) {
    const { id } = await account();
    return (await admin('POST', '/clients', { accountId: id, name: 'Client', ...settings })).json;
  }

  return { redcloud, admin, account, client };
}
