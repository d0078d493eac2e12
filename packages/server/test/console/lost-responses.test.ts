// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { COPIED, HANDSET, pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Failures in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, click, confirm, focused } = pagePerTest();

  /** Lets the next request of this kind take effect, but drops its response. */
  async function loseAnswer(url: string): Promise<void> {
    let isLost = false;
    await page().route(url, async (route, request) => {
      if (isLost || request.method() !== 'POST') return route.continue();
      isLost = true;
      await route.fetch();
      await route.abort();
    });
  }

  const unanswered = () => page().getByRole('alert').filter({ hasText: 'The outcome is unknown' }).waitFor();

  test('Another click after a lost response does not send the message twice.', async () => {
    await show('/phone');
    await loseAnswer('**/api/core/messages/send');
    await page().getByLabel('Text').fill('Only once');
    await click('Send through the API');
    await unanswered();
    await page().locator('.bubble.in', { hasText: 'Only once' }).waitFor();
    await click('Send through the API');
    await page().getByRole('alert').waitFor({ state: 'detached' });
    const { json } = await redcloud().call(`/api/core/messages?to=${encodeURIComponent(HANDSET)}`);
    expect(json.messages).toHaveLength(1);
    // A further click sends the message again.
    await click('Send through the API');
    await expect.poll(() => page().locator('.bubble.in', { hasText: 'Only once' }).count()).toBe(2);
  });

  test('Input on the phone during a request is kept, and so is a text that could not be sent.', async () => {
    await show('/phone');
    const line = page().getByLabel('Write from this handset');
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page().route('**/sandbox/inbound', async (route) => {
      await held;
      await route.continue();
    });
    await line.fill('First');
    await line.press('Enter');
    await line.pressSequentially('Quick');
    await line.press('Enter');
    await line.pressSequentially('Second');
    letGo();
    await page().locator('.bubble.out', { hasText: 'Quick' }).waitFor();
    expect(await page().locator('.bubble.out').allInnerTexts()).toMatchObject(
      [/First/, /Quick/].map((text) => expect.stringMatching(text)),
    );
    expect(await line.inputValue()).toBe('Second');
    await page().unrouteAll({ behavior: 'wait' });
    await page().route('**/sandbox/inbound', (route) => route.abort());
    await line.press('Enter');
    await page().getByRole('alert').waitFor();
    expect(await line.inputValue()).toBe('Second');
  });

  test('An API client and its account are created once despite lost responses, with visible secrets.', async () => {
    await show('/clients');
    await click('New API client');
    await page().getByLabel('Name', { exact: true }).fill('Lost');
    await page().getByLabel('Name of the new account').fill('Lost Ltd');
    await loseAnswer('**/api/admin/accounts');
    await click('Create');
    await unanswered();
    expect(await focused()).toBe('Create');
    await page().unrouteAll({ behavior: 'wait' });
    await loseAnswer('**/api/admin/clients');
    await click('Create');
    await page().getByText('The account Lost Ltd was created').waitFor();
    await click('Create');
    const secret = await page().locator('.secret code', { hasText: 'rc_secret_' }).innerText();
    await click(COPIED);
    const { accounts } = (await redcloud().admin('GET', '/accounts')).json;
    const { clients } = (await redcloud().admin('GET', '/clients')).json;
    const named = (all: { name: string }[], name: string) => all.filter((one) => one.name === name);
    expect([named(accounts, 'Lost Ltd').length, named(clients, 'Lost').length]).toEqual([1, 1]);
    const { id } = named(clients, 'Lost')[0] as never as { id: string };
    const { secrets } = (await redcloud().admin('GET', `/clients/${id}/secrets`)).json;
    expect(secrets.map(({ hint }: { hint: string }) => hint)).toEqual([secret.slice(-4)]);
  });

  test('A lost client secret is returned on a retry, and a third one is rejected with an explanation.', async () => {
    await show('/clients/rc_test_client_123');
    await loseAnswer('**/secrets');
    await click('Add a client secret');
    await confirm('Add');
    await unanswered();
    await confirm('Add');
    await page().locator('.secret code', { hasText: 'rc_secret_' }).waitFor();
    await click(COPIED);
    await click('Add a client secret');
    await confirm('Add');
    await page().getByText('Revoke one of the two valid secrets').waitFor();
    expect(await focused()).toBe('Add');
    await confirm('Cancel');
    await page().getByRole('button', { name: 'Revoke' }).last().click();
    await confirm('Revoke');
    await expect.poll(() => page().getByRole('button', { name: 'Revoke' }).count()).toBe(1);
  });

  test('A failed read is repeated automatically.', async () => {
    let isDown = true;
    await page().route('**/api/core/numbers', (route) => (isDown ? route.abort() : route.continue()));
    await page().goto(`${redcloud().url}/console/numbers`);
    await page().getByRole('alert').waitFor();
    expect(await page().getByRole('alert').innerText()).toMatch(/request console_/);
    isDown = false;
    await page()
      .getByRole('row', { name: /num_abc123/ })
      .waitFor();
    expect(await page().getByRole('alert').count()).toBe(0);
  });

  test('A failed sign-out is shown in a dialog with the next step.', async () => {
    await show('/');
    const refused = { error: { code: 'SERVER_ERROR', message: 'Broken', details: {} }, requestId: 'req_1' };
    await page().route('**/console/session', (route, request) =>
      request.method() === 'DELETE' ? route.fulfill({ status: 500, json: refused }) : route.continue(),
    );
    await click('Sign out');
    const dialog = page().getByRole('dialog', { name: 'You are still signed in' });
    await dialog.getByText('req_1').waitFor();
    await page().unrouteAll({ behavior: 'wait' });
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await page().getByLabel('Client secret').waitFor();
  });
});
