import { expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';

const { receipts, queued } = receiptsParts();

test('A submit counts as accepted if its carrier has reported the acceptance before its response was recorded.', async () => {
  const [one, two] = await Promise.all([queued(), queued()]);
  const submit = (messageId: string, attempt = 1) => ({ messageId, part: 1, attempt });
  expect(await receipts().isAccepted(submit(one))).toBe(false);
  await receipts().take('acme', { ...delivered('ref', `${one}/1`), attempt: 1 });
  await receipts().take('acme', { ...delivered('other', `${two}/1`), attempt: 1, state: 'FAILED' });
  const all = [submit(one), submit(one, 2), submit(two), { ...submit(one), part: 2 }];
  expect(await Promise.all(all.map((each) => receipts().isAccepted(each)))).toEqual([true, false, false, false]);
});
