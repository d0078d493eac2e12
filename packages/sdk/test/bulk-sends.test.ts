import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { ApiError, RedCloud } from '../src/index.ts';

let redcloud: TestRedCloud;
let rc: RedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());

test('A bulk send is registered, named by sends, listed, read and canceled.', async () => {
  await rc.bulkSends.put('bulk_sdk', { name: 'people.csv', rows: 2 });
  const sendAt = new Date(redcloud.clock.now() + 3_600_000);
  const to = ['+15550001001', '+15550001002'];
  const send = {
    sendFrom: 'num_abc123',
    to,
    messageType: 'SMS',
    text: 'Later',
    sendAt,
    bulkSendId: 'bulk_sdk',
  } as const;
  await rc.messages.sendOrThrow(send);
  expect(await Array.fromAsync(rc.bulkSends.list({ limit: 1 }))).toMatchObject([{ name: 'people.csv', rows: 2 }]);
  expect((await rc.bulkSends.get('bulk_sdk')).messages.queued).toBe(2);
  expect(await Array.fromAsync(rc.messages.list({ bulkSendId: 'bulk_sdk' }))).toHaveLength(2);
  expect(await rc.bulkSends.cancel('bulk_sdk')).toEqual({ canceled: 2, tooLate: 0 });
  await expect(rc.messages.send(send)).rejects.toThrow(ApiError);
  await expect(rc.bulkSends.get('bulk_nobody')).rejects.toThrow(ApiError);
});
