// @module-tag slow
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { COPIED, HANDSET, onePage } from './pages.ts';

describe.skipIf(!CHROMIUM)(`The console in a browser${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, receiver, page, show, seriousViolations, expectErrors, signIn } = onePage();

  beforeAll(async () => {
    await signIn();
    await redcloud().send('to-the-endpoint', { to: [HANDSET] });
    await receiver().until((all) => all.some(({ body }) => body.type === 'message.delivery'));
  });

  test('A click replays a webhook.', async () => {
    await show('/webhooks');
    await page().getByRole('tab', { name: 'Deliveries' }).click();
    const row = page().locator('.table tr', { hasText: 'message.delivery' }).first();
    const before = receiver().deliveries.filter(({ body }) => body.type === 'message.delivery').length;
    await row.getByRole('button', { name: 'Replay' }).click();
    await receiver().until((all) => all.filter(({ body }) => body.type === 'message.delivery').length > before);
    await page().getByText('Replay queued').waitFor();
    expect(await seriousViolations()).toEqual([]);
  });

  test('A test event shows the response of the endpoint, also a rejection.', async () => {
    receiver().answer = () => 500;
    receiver().text = 'no room';
    await show('/webhooks');
    await page().getByRole('button', { name: 'Test the delivery endpoint' }).click();
    await page()
      .getByText(/returned 500/)
      .waitFor();
    await page().getByText('no room').first().waitFor();
    receiver().answer = () => 204;
    await page().getByRole('button', { name: 'Test the delivery endpoint' }).click();
    await page()
      .getByText(/returned 204/)
      .waitFor();
  });

  test('A user can cancel the wait for the response to a test event.', async () => {
    let letGo = (_status: number) => {};
    receiver().answer = () =>
      new Promise((resolve) => {
        letGo = resolve;
      });
    await page().getByRole('button', { name: 'Test the delivery endpoint' }).click();
    expectErrors(true);
    await page().getByRole('button', { name: 'Stop waiting' }).click();
    await page()
      .getByRole('button', { name: 'Test the delivery endpoint' })
      .and(page().locator(':not([aria-disabled])'))
      .waitFor();
    expect(await page().evaluate('document.activeElement.textContent')).toBe('Test the delivery endpoint');
    expect(await page().getByRole('alert').count()).toBe(0);
    receiver().answer = () => 204;
    letGo(204);
    expectErrors(false);
  });

  test('A replay of all missed events shows its progress and ends.', async () => {
    await show('/webhooks');
    await page().getByRole('tab', { name: 'Replays' }).click();
    await page().getByLabel('Since').fill('2026-01-01T00:00');
    await page().getByRole('button', { name: 'Start the replay' }).click();
    await page()
      .getByText(/replayed, [\d,]+ examined/)
      .waitFor();
    await page().locator('.table .state', { hasText: 'done' }).waitFor();
  });

  test('A click cancels a running replay.', async () => {
    const running = { replayId: 'rpl_1', which: 'MISSING', since: '2026-11-23T10:00:00.000Z', status: 'RUNNING' };
    const replay = {
      ...running,
      examined: 1500,
      replayed: 320,
      createdAt: '2026-11-23T12:00:00.000Z',
      finishedAt: null,
    };
    // Stubbed, because a real replay of this size would end before the click.
    await page().route('**/webhooks/replays', (route) => route.fulfill({ json: { replays: [replay] } }));
    await show('/webhooks');
    await page().getByRole('tab', { name: 'Replays' }).click();
    await page().getByText('320 replayed, 1,500 examined').waitFor();
    expectErrors(true);
    const [request] = await Promise.all([
      page().waitForRequest((sent) => sent.method() === 'DELETE'),
      page().getByRole('button', { name: 'Cancel' }).click(),
    ]);
    expect(request.url()).toMatch(/webhooks\/replays\/rpl_1$/);
    await page().getByRole('alert').waitFor();
    await page().unroute('**/webhooks/replays');
    expectErrors(false);
  });

  test('The signing secret is rotated after a confirmation and shown once.', async () => {
    await show('/webhooks');
    await page().getByRole('tab', { name: 'Signing secret' }).click();
    await page().getByRole('button', { name: 'Rotate' }).click();
    await page().route('**/secret/rotate', async (route) => {
      // The rotation can no longer be cancelled.
      const cancel = page().getByRole('button', { name: 'Cancel' });
      await cancel.and(page().locator('[aria-disabled]')).waitFor();
      await page().keyboard.press('Escape');
      expect(await cancel.isVisible()).toBe(true);
      await route.continue();
    });
    await page().getByRole('alertdialog').getByRole('button', { name: 'Rotate' }).click();
    await page().locator('.secret code', { hasText: 'whsec_' }).waitFor();
    await page().unrouteAll({ behavior: 'wait' });
    expect(await seriousViolations()).toEqual([]);
    await page().getByRole('button', { name: COPIED }).click();
    await show('/webhooks');
    expect(await page().locator('body').innerText()).not.toContain('whsec_');
  });
});
