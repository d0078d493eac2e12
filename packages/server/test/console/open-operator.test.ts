// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, openBrowser, violationsOn } from '../support/browser.ts';
import { startRedCloud } from '../support/redcloud.ts';

describe.skipIf(!CHROMIUM)(`First screen of the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  test('One click opens the view of an operator in a sandbox, and another that of the demo client.', async () => {
    const [redcloud, browser] = await Promise.all([startRedCloud({ env: { RC_ADMIN_TOKEN: '' } }), openBrowser()]);
    try {
      const page = await (await browser.newContext({ bypassCSP: true })).newPage();
      await page.goto(`${redcloud.url}/`);
      await page.getByRole('button', { name: 'Sign in as the demo client' }).waitFor();
      expect(await violationsOn(page)).toEqual([]);
      await page.getByRole('button', { name: 'Sign in as an operator' }).click();
      await page.getByRole('link', { name: 'Carriers' }).click();
      await page.getByRole('heading', { name: 'Carriers', level: 1 }).waitFor();
    } finally {
      await browser.close();
      await redcloud.stop();
    }
  });
});
