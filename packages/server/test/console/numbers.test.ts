// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { createPool, importNumbers, type Member } from '../support/pool.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Numbers in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, click, seriousViolations } = pagePerTest();
  const row = (name: string) => page().getByRole('row', { name });
  const cells = async (name: string) => row(name).locator('td').allInnerTexts();

  async function numberOf(e164: string) {
    const { json } = await redcloud().admin('GET', '/numbers?apiClientId=rc_test_client_123');
    return json.numbers.find((one: Member) => one.e164 === e164);
  }

  test('The list shows type, pool, carrier, allowed carriers and allowed countries.', async () => {
    const more = { carriers: ['simulator'], allowedCountries: ['1', '44'] };
    const { poolId, members } = await createPool(redcloud(), ['212'], more);
    const [{ e164, numberId }] = members as [Member];
    await show('/numbers');
    const limits = 'Carriers: simulator\nCountries: +1, +44';
    const shown = ['active', 'SMS', 'Pool', 'default', limits, 'camp_pool', '–', 'Settings'];
    await expect.poll(() => cells(e164)).toEqual([`${e164}\nlong code\n${numberId}`, ...shown]);
    expect(await row(e164).getByRole('link', { name: 'Pool' }).getAttribute('href')).toBe(`/console/pools/${poolId}`);
    expect(await seriousViolations()).toEqual([]);
  });

  test('An operator edits the carrier, the allowed carriers and the allowed countries.', async () => {
    const [{ e164 }] = (await importNumbers(redcloud(), ['206'])) as [Member];
    await show('/numbers');
    const open = () => row(e164).getByRole('button', { name: 'Settings' }).click();
    await open();
    await page().getByLabel('Carrier', { exact: true }).selectOption('simulator');
    await page().getByLabel('Allowed carriers').fill('simulator, simulator');
    await page().getByLabel('Allowed countries').fill('+1, 44');
    expect(await seriousViolations()).toEqual([]);
    await click('Save');
    await page().getByText(`Saved the settings of ${e164}.`).waitFor();
    const changed = { carrier: 'simulator', carriers: ['simulator'], allowedCountries: ['1', '44'] };
    expect(await numberOf(e164)).toMatchObject({ ...changed, campaignRegId: 'camp_pool' });

    await open();
    await page().getByLabel('Carrier', { exact: true }).selectOption('');
    await page().getByLabel('Allowed carriers').fill('');
    await page().getByLabel('Allowed countries').fill('');
    await click('Save');
    await page().locator('.dialog').waitFor({ state: 'detached' });
    expect(await numberOf(e164)).toMatchObject({ carrier: null, carriers: null, allowedCountries: null });
  });

  test('The browser rejects a list of another form, and an error of the server is shown.', async () => {
    const [{ e164 }] = (await importNumbers(redcloud(), ['305'])) as [Member];
    await show('/numbers');
    await row(e164).getByRole('button', { name: 'Settings' }).click();
    const countries = page().getByLabel('Allowed countries');
    for (const [text, isValid] of [
      ['1; 44', false],
      ['DE', false],
      ['1,44', true],
    ] as const) {
      await countries.fill(text);
      expect(
        await countries.evaluate((input) => (input as unknown as { validity: { valid: boolean } }).validity.valid),
      ).toBe(isValid);
    }
    await countries.fill('999');
    await click('Save');
    await page().getByText('“Allowed countries” contains 999, which is no country calling code').waitFor();
    await countries.fill('');
    await page().getByLabel('Allowed carriers').fill('nope');
    await click('Save');
    await page().getByText('carrier nope is not configured').waitFor();
    expect(await numberOf(e164)).toMatchObject({ carriers: null, allowedCountries: null });
  });

  test('Long codes, short codes and alphanumeric senders are imported, and a wrong line is named.', async () => {
    await show('/numbers');
    await click('Import numbers');
    const lines = page().getByRole('textbox', { name: 'Numbers' });
    await lines.fill('+14157770100\n12\nSHOP');
    await click('Import');
    await page().getByText('“12” is no phone number in E.164').waitFor();
    expect(await numberOf('SHOP')).toBeUndefined();
    expect(await seriousViolations()).toEqual([]);
    await lines.fill('+14157770100\n 98765\n\nSHOP\n+15551234567');
    await page().getByLabel('Campaign').fill('camp_1');
    await click('Import');
    await page().getByText('Imported 3 of 4 numbers. 1 existed already and are unchanged.').waitFor();
    for (const [e164, type] of [
      ['98765', 'short code'],
      ['SHOP', 'alphanumeric'],
      ['+14157770100', 'long code'],
    ] as const) {
      const shown = async () => (await cells(e164)).filter((_, column) => [0, 2].includes(column));
      await expect.poll(shown).toEqual([expect.stringMatching(`${e164.replace('+', '\\+')}\n${type}\nnum_`), 'SMS']);
    }
  });

  test('A short code without a campaign can send, and a long code of country code 1 cannot.', async () => {
    const numbers = ['54321', '+14157770101'].map((e164) => ({ e164, apiClientId: 'rc_test_client_123' }));
    await redcloud().admin('POST', '/numbers', { numbers });
    await show('/numbers');
    expect((await cells('54321'))[2]).toBe('SMS');
    expect((await cells('+14157770101'))[2]).toBe('no (no campaign)');
  });
});
