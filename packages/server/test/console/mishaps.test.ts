// @module-tag slow
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM, violationsOn } from '../support/browser.ts';
import { COPIED, pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Failures in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, click, confirm, focused } = pagePerTest();

  async function accountId(): Promise<string> {
    return (await redcloud().admin('GET', '/accounts')).json.accounts[0].id;
  }

  test('The inbox of the sandbox shows events also after bodies that are not events.', async () => {
    const bodies = [
      null,
      1,
      'x',
      [],
      { error: null, text: {}, messageId: [] },
      { error: { code: 'CODE', message: 'words' } },
    ];
    const post = (body: unknown) =>
      fetch(`${redcloud().url}/sandbox/inbox`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (const body of bodies) await post(body);
    await page().goto(`${redcloud().url}/sandbox/inbox`);
    await post({ messageId: 'msg_last', type: 'message.sent', from: '+15551234567', to: '+15550000001' });
    await page().getByText('+15551234567 → +15550000001').waitFor();
    expect(await page().locator('.event').count()).toBe(bodies.length + 1);
    await page().getByText('CODE: words').waitFor();
  });

  test('A dialog can be opened again while the page still loads the result of its action.', async () => {
    await show('/clients/rc_test_client_123');
    await page().getByRole('button', { name: 'Revoke' }).first().waitFor();
    const loaded = Promise.withResolvers<void>();
    await page().route('**/secrets', async (route, request) => {
      if (request.method() === 'GET') await loaded.promise;
      await route.continue();
    });
    await click('Add a client secret');
    await confirm('Add');
    await click(COPIED);
    await click('Add a client secret');
    await page().getByRole('alertdialog').getByText('The new secret is valid').waitFor();
    loaded.resolve();
    await confirm('Cancel');
    await page().getByRole('button', { name: 'Revoke' }).last().click();
    await confirm('Revoke');
    await expect.poll(() => page().getByRole('button', { name: 'Revoke' }).count()).toBe(1);
  });

  test('A closed dialog has no buttons, even before the browser paints the next frame.', async () => {
    await page().addInitScript(`
      const paint = requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (draw) => window.isPaused ? 0 : paint(draw);
    `);
    await show('/clients/rc_test_client_123');
    await click('Rotate');
    await page().getByRole('alertdialog').waitFor();
    await page().evaluate('window.isPaused = true');
    await confirm('Cancel');
    await page().getByRole('alertdialog').waitFor({ state: 'hidden' });
    expect(await page().locator('.dialog').count()).toBe(1);
    expect(await page().getByRole('button', { name: 'Rotate', exact: true }).count()).toBe(1);
    expect(await page().locator('.backdrop').isVisible()).toBe(false);
  });

  test('An operator can end a current overlap with an option that the page offers.', async () => {
    await show('/clients/rc_test_client_123');
    for (const overlap of ['for a week', 'for an hour']) {
      await page().getByLabel('Keep signing with the old secret').selectOption(overlap);
      await click('Rotate');
      await confirm('Rotate');
      if (overlap === 'for a week') await click(COPIED);
    }
    await page().getByText('choose “not at all”').waitFor();
    await confirm('Cancel');
    await page().getByLabel('Keep signing with the old secret').selectOption('0');
    await click('Rotate');
    await confirm('Rotate');
    await page().locator('.secret code', { hasText: 'whsec_' }).waitFor();
    await click(COPIED);
  });

  test('A URL being typed is kept while the other URL changes, and only the typed one is saved.', async () => {
    await show('/webhooks');
    await page().getByLabel('Delivery events').fill('https://example.com/being-typed');
    const elsewhere = 'https://example.com/set-elsewhere';
    await redcloud().call('/api/core/webhooks', { method: 'PATCH', body: { inboundUrl: elsewhere } });
    await expect.poll(() => page().getByLabel('Inbound messages').inputValue()).toBe(elsewhere);
    expect(await page().getByLabel('Delivery events').inputValue()).toBe('https://example.com/being-typed');
    await page().getByLabel('Delivery events').press('Enter');
    await page().getByText('Saved. Further attempts use the new URLs.').waitFor();
    const { json } = await redcloud().call('/api/core/webhooks');
    expect(json).toMatchObject({ deliveryUrl: 'https://example.com/being-typed', inboundUrl: elsewhere });
    await redcloud().call('/api/core/webhooks', { method: 'PATCH', body: { deliveryUrl: elsewhere } });
    await expect.poll(() => page().getByLabel('Delivery events').inputValue()).toBe(elsewhere);
  });

  test('Open attempts stay on the screen when their row leaves the list.', async () => {
    await redcloud().send('looked-at', { to: ['+15550000001'] });
    await show('/webhooks?tab=deliveries');
    await page()
      .getByRole('button', { name: /attempt/ })
      .first()
      .click();
    await page().route('**/webhooks/deliveries*', (route) =>
      route.fulfill({ json: { deliveries: [], nextCursor: null } }),
    );
    await page().getByText('No matching events').waitFor({ state: 'attached' });
    expect(await page().locator('.attempts li').count()).toBeGreaterThan(0);
    await click('Close');
    await page().locator('.attempts').waitFor({ state: 'detached' });
  });

  test('The rejection for an opted-out handset disappears when the handset sends START.', async () => {
    await show('/phone');
    const line = page().getByLabel('Write from this handset');
    await line.fill('STOP');
    await line.press('Enter');
    await page()
      .locator('.bubble.in', { hasText: /unsubscribed/ })
      .waitFor();
    await click('Send through the API');
    const refusal = page()
      .getByRole('alert')
      .filter({ hasText: /RECIPIENT_OPTED_OUT · request \w+/ });
    await refusal.waitFor();
    await line.fill('START');
    await line.press('Enter');
    await refusal.waitFor({ state: 'detached' });
  });

  test('A window for one client changes nothing of a client that signed in since, and shows its id.', async () => {
    const signIn = (data: object) => page().request.post(`${redcloud().url}/console/session`, { data });
    const made = (await redcloud().admin('POST', '/clients', { accountId: await accountId(), name: 'Next' })).json;
    await signIn({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' });
    await show('/webhooks');
    await page().getByLabel('Delivery events').fill('https://example.com/not-mine');
    await signIn({ clientId: made.client.id, clientSecret: made.clientSecret });
    await page().getByLabel('Delivery events').press('Enter');
    await page().getByText(`Another window has signed in as ${made.client.id}`).waitFor();
    await page().locator('.whose', { hasText: made.client.id }).waitFor();
    expect(await page().getByLabel('Delivery events').inputValue()).toBe('');
    const { client } = (await redcloud().admin('GET', `/clients/${made.client.id}`)).json;
    expect(client ?? { deliveryWebhookUrl: null }).toMatchObject({ deliveryWebhookUrl: null });
  });

  test('Each tab of an operator shows the client that was chosen in that tab.', async () => {
    await show('/messages');
    const whose = (of: Page) => of.locator('.whose select');
    const other = await page().context().newPage();
    await other.goto(`${redcloud().url}/console/messages`);
    await whose(other).selectOption('rc_test_client_other');
    await page().getByLabel('View of').selectOption('rc_test_client_123');
    await whose(other).selectOption('rc_test_client_other');
    await page().reload();
    await expect.poll(() => whose(page()).inputValue()).toBe('rc_test_client_123');
  });

  test('A reference with special characters is found, and its search can be shared.', async () => {
    const externalReference = 'x%41 "&%2f../+ö%';
    await redcloud().send('odd', { to: ['+15550000001'], externalReference });
    await show('/messages');
    await page().getByLabel('Find').fill(externalReference);
    await click('Find');
    await page().getByRole('row').nth(1).waitFor();
    await page().reload();
    await expect.poll(() => page().getByRole('row').count()).toBe(2);
    expect(await page().getByLabel('Find').inputValue()).toBe(externalReference);
  });

  test('A national number finds the messages and the opt-out of its recipient.', async () => {
    const to = '+15557654388';
    const numberId = 'num_abc123';
    await redcloud().send('national', { to: [to] });
    await redcloud().call('/api/core/opt-outs', { method: 'POST', body: { numberId, recipient: to } });
    await show('/messages');
    await page().getByLabel('Find').fill('(555) 765-4388');
    await click('Find');
    await expect.poll(() => page().getByRole('row').count()).toBe(2);
    await page().getByLabel('Find').fill('5557654388');
    await click('Find');
    await click('Search as a recipient');
    await expect.poll(() => page().getByRole('row').count()).toBe(2);
    await show('/opt-outs');
    await page().getByLabel('Recipient').fill('(555) 765-4388');
    await click('Find');
    await page().getByRole('cell', { name: to }).waitFor();
    await redcloud().call(`/api/core/opt-outs/${numberId}/${to}`, { method: 'DELETE' });
  });

  test('The page ends with its content, however much is on the phone.', async () => {
    await show('/phone');
    await page().getByLabel('Handset', { exact: true }).selectOption('+15550000009');
    for (const n of [1, 2, 3]) {
      const body = { from: '+15550000009', to: '+15551234567', text: `${n} `.repeat(800).trim() };
      await redcloud().call('/sandbox/inbound', { method: 'POST', token: null, body });
    }
    await expect.poll(() => page().locator('.bubble.out').count()).toBe(3);
    // A running animation makes an element the containing block of its content. Measure after all animations.
    await page().evaluate(
      'Promise.all(document.getAnimations().map(({ finished }) => finished)).then(() => undefined)',
    );
    const { page: height, end } = (await page().evaluate(`({
      page: document.documentElement.scrollHeight,
      end: document.querySelector('main').getBoundingClientRect().bottom + scrollY,
    })`)) as { page: number; end: number };
    expect(height).toBeLessThanOrEqual(Math.max(Math.ceil(end), page().viewportSize()?.height ?? 0));
  });

  test('An operator gets advice for a suspended client, and the name of a rejected field.', async () => {
    await show('/webhooks');
    await page()
      .getByLabel('Delivery events')
      .fill(`https://example.com/${'x'.repeat(2048)}`);
    await page().getByLabel('Delivery events').press('Enter');
    await page().getByText('“Delivery events” must NOT have more than').waitFor();
    await redcloud().admin('PATCH', '/clients/rc_test_client_123', { status: 'SUSPENDED' });
    await page().getByLabel('Delivery events').fill('https://example.com/');
    await page().getByLabel('Delivery events').press('Enter');
    await page().getByText('reactivated under Clients').waitFor();
    await redcloud().admin('PATCH', '/clients/rc_test_client_123', { status: 'ACTIVE' });
  });

  test('A search is kept on the next tab, and a rejected one can be cleared.', async () => {
    await show(`/opt-outs?recipient=${encodeURIComponent('+15557654399')}`);
    await page().getByRole('tab', { name: 'History' }).click();
    await page().getByText('No changes for +15557654399').waitFor();
    for (const path of ['/opt-outs?recipient=nobody', '/webhooks?tab=deliveries&state=ODD']) {
      await show(path);
      await page().getByRole('alert').waitFor();
      await click('Clear the search');
      await page().getByRole('alert').waitFor({ state: 'detached' });
    }
  });

  test.each(['%00', 'a.b', '..%2fnumbers'])('The unknown id %s is reported as not found.', async (id) => {
    await show(`/messages/${id}`);
    await page().getByRole('alert').waitFor();
    expect(await page().getByRole('alert').innerText()).toContain('NOT_FOUND');
  });

  test('axe finds no serious violations on the smallest phones during activity.', async () => {
    await page().setViewportSize({ width: 320, height: 640 });
    await redcloud().call('/api/core/webhooks/replays', { method: 'POST', body: { since: '2026-01-01T00:00:00Z' } });
    const found: string[] = [];
    for (const path of ['/webhooks?tab=replays', '/webhooks?tab=deliveries', '/clients/rc_test_client_123']) {
      await show(path);
      await page().locator('.table tbody tr').first().waitFor();
      found.push(...(await violationsOn(page())));
    }
    expect(found).toEqual([]);
  });

  test('Paging by keyboard keeps the focus.', async () => {
    const to = Array.from({ length: 60 }, (_, i) => `+1555${6_000_000 + i}`);
    await redcloud().send('sixty', { to });
    await show('/messages');
    await page().getByText('Page 1, 50 shown').waitFor();
    await page().getByRole('button', { name: 'Next' }).focus();
    await page().keyboard.press('Enter');
    await page()
      .getByText(/Page 2, \d+ shown/)
      .waitFor();
    expect(await focused()).toBe('Next');
  });
});
