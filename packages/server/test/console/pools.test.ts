// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { createPool, importNumbers, type Member, sendFrom } from '../support/pool.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Pools in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, click, confirm, seriousViolations } = pagePerTest();
  const poolOf = async (poolId: string) => (await redcloud().admin('GET', `/pools/${poolId}`)).json;
  const row = (name: string) => page().getByRole('row', { name });
  const title = (name: string) => page().getByRole('heading', { name, level: 1, exact: true });

  test('A pool is created, gets and loses a number, is renamed and deleted.', async () => {
    const [one, other] = (await importNumbers(redcloud(), ['212', '206'])) as [Member, Member];
    await show('/pools');
    await page().getByText('No pools').waitFor();
    expect(await seriousViolations()).toEqual([]);
    await click('New pool');
    await page().getByLabel('Name', { exact: true }).fill('Shop');
    await click('Create');
    await title('Shop').waitFor();
    const poolId = new URL(page().url()).pathname.split('/').at(-1) as string;
    expect(await poolOf(poolId)).toMatchObject({ name: 'Shop', apiClientId: 'rc_test_client_123', numberIds: [] });

    for (const { numberId, e164 } of [one, other]) {
      await page().getByLabel('Add a number').selectOption(numberId);
      await click('Add');
      await row(e164).waitFor();
    }
    expect((await poolOf(poolId)).numberIds).toEqual([one.numberId, other.numberId].toSorted());
    expect(await page().getByLabel('Add a number').locator(`option[value=${one.numberId}]`).count()).toBe(0);
    expect(await seriousViolations()).toEqual([]);

    await click(`Remove ${other.e164}`);
    expect(await page().getByRole('alertdialog').innerText()).toContain(
      'opt-outs of the pool are copied to the number',
    );
    await confirm('Remove');
    await row(other.e164).waitFor({ state: 'detached' });
    expect((await poolOf(poolId)).numberIds).toEqual([one.numberId]);

    await click('Rename');
    await page().getByLabel('Name', { exact: true }).fill('Shop 2');
    await click('Save');
    await title('Shop 2').waitFor();
    expect((await poolOf(poolId)).name).toBe('Shop 2');

    await page().getByRole('link', { name: 'All pools' }).click();
    expect(await row('Shop 2').innerText()).toMatch(new RegExp(`Shop 2\\s+${poolId}\\s+1\\s`));
    await page().getByRole('link', { name: 'Shop 2' }).click();
    await click('Delete');
    const question = await page().getByRole('alertdialog').innerText();
    expect(question).toContain('recipients who opted out stay opted out');
    expect(await seriousViolations()).toEqual([]);
    await confirm('Cancel');
    expect((await poolOf(poolId)).name).toBe('Shop 2');
    await click('Delete');
    await confirm('Delete');
    await title('Pools').waitFor();
    await page().getByText('No pools').waitFor();
    expect((await redcloud().admin('GET', `/pools/${poolId}`)).status).toBe(404);
  });

  test('The error of a number that joined another pool meanwhile is shown.', async () => {
    const { poolId } = await createPool(redcloud(), ['212']);
    const [late] = (await importNumbers(redcloud(), ['206'])) as [Member];
    await show(`/pools/${poolId}`);
    await page().getByLabel('Add a number').selectOption(late.numberId);
    const { json } = await redcloud().admin('POST', '/pools', {
      ...{ apiClientId: 'rc_test_client_123', name: 'Other', numberIds: [late.numberId] },
    });
    await click('Add');
    await page().getByText(`Number ${late.numberId} is in pool ${json.poolId}. Remove it there first.`).waitFor();
  });

  test('The page of a message and the route form name the pool and its number.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['206', '212']);
    const [, newYork] = members as [Member, Member];
    await show('/carriers');
    await page().getByLabel('From number or pool').fill(poolId);
    await page().getByLabel('Recipient').fill('+12125551000');
    await click('Find the route');
    await page().locator('.explained').getByText(newYork.numberId).waitFor();

    const sent = await sendFrom(redcloud(), poolId, ['+12125551000']);
    await show(`/messages/${sent.json.results[0].messageId}`);
    const details = page().getByRole('region', { name: 'Details' });
    expect(await details.innerText()).toMatch(new RegExp(`From\\s+\\${newYork.e164}\\s+Pool\\s+${poolId}\\s`));
    await details.getByRole('link', { name: poolId }).click();
    await title('Pool').waitFor();
    await row(newYork.e164).waitFor();
  });

  test('An API client has no page of pools.', async () => {
    await page()
      .context()
      .request.post(`${redcloud().url}/console/session`, {
        headers: { 'x-redcloud-console': '1' },
        data: { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' },
      });
    const asked: string[] = [];
    page().on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await show('/numbers');
    expect(await page().getByRole('button', { name: 'Import numbers' }).count()).toBe(0);
    expect(asked.filter((path) => path.startsWith('/api/admin/'))).toEqual([]);
    await show('/pools');
    expect(await page().getByRole('heading', { level: 1 }).innerText()).toBe('Page not found');
  });
});
