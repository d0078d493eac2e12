// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { createPool } from '../support/pool.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Rejected recipients in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, seriousViolations, click } = pagePerTest();

  const rows = () => page().locator('.table tbody tr');

  test('The status REJECTED shows number, recipient, code with its explanation, and reference.', async () => {
    const to = ['+15557654321', 'invalid', '+15557654321'];
    await redcloud().send('rejected', { to, externalReference: 'order_789' });
    await show('/messages');
    await expect.poll(() => rows().count()).toBe(1);
    await page().getByLabel('Status').selectOption('REJECTED');
    await expect.poll(() => rows().count()).toBe(2);
    const texts = await rows().allInnerTexts();
    const common = 'rejected[\\s\\S]*\\+15551234567\\s+';
    expect(texts).toEqual([
      expect.stringMatching(
        `${common}\\+15557654321\\s+DUPLICATE_RECIPIENT Recipient is in to\\[\\] more than once\\s+order_789`,
      ),
      expect.stringMatching(
        `${common}invalid\\s+INVALID_RECIPIENT Recipient must be a valid E.164[^\\n]*\\s+order_789`,
      ),
    ]);
    expect(await seriousViolations()).toEqual([]);
    await page().reload();
    await expect.poll(() => rows().count()).toBe(2);
    await page().getByLabel('Status').selectOption('QUEUED');
    await page().getByText('No matching messages').waitFor();
  });

  test('A rejected recipient has a page, which its id finds and which names the key of the send.', async () => {
    await redcloud().send('the key of the send', { to: ['nobody'], externalReference: 'order_790' });
    const list = await redcloud().call('/api/core/messages?status=REJECTED&to=nobody');
    const [{ messageId }] = list.json.messages;
    await show('/messages');
    await page().getByLabel('Find').fill(messageId);
    await click('Find');
    await page().getByRole('heading', { name: 'Rejected recipient' }).waitFor();
    const text = await page().locator('main').innerText();
    for (const part of [messageId, 'INVALID_RECIPIENT', 'nobody', 'order_790', 'the key of the send', '+15551234567']) {
      expect(text).toContain(part);
    }
    expect(await seriousViolations()).toEqual([]);
  });

  test('A search for a text among rejected recipients can be repeated as a search for a recipient.', async () => {
    await redcloud().send('found as recipient', { to: ['somebody'] });
    await show('/messages?status=REJECTED');
    await page().getByLabel('Find').fill('somebody');
    await click('Find');
    await click('Search as a recipient');
    await page().getByRole('cell', { name: 'somebody' }).waitFor();
    expect(await rows().count()).toBe(1);
  });

  test('A recipient rejected for a pool shows the pool, with a link on its page.', async () => {
    const { poolId } = await createPool(redcloud(), ['212']);
    await redcloud().send('rejected for a pool', { sendFrom: poolId, to: ['pooled'] });
    await show('/messages?status=REJECTED&to=pooled');
    await page().getByRole('cell', { name: poolId }).waitFor();
    await page().locator('.table a').first().click();
    await page().getByRole('link', { name: poolId }).click();
    await page().waitForURL(`**/pools/${poolId}`);
  });
});
