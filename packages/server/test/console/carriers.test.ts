// @module-tag slow
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { ownDirectory } from '../support/directory.ts';
import { sendTo } from '../support/exchange.ts';
import { pagePerTest } from './pages.ts';

const SOON = { timeout: 10_000, interval: 50 };

describe.skipIf(!CHROMIUM)(`Carriers in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const directory = ownDirectory('console-carriers');
  const file = join(directory, 'carriers.json');
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  let vendor: MockVendor;
  beforeAll(async () => {
    vendor = await MockVendor.start('twilio');
    // Nothing listens at the port of the carrier `offline`.
    const smpp = { name: 'offline', type: 'smpp', host: '127.0.0.1', port: 9, systemId: 'a', password: 'b' };
    const settings = {
      carriers: [vendor.settings(), { name: 'backup', type: 'simulator' }, { name: 'solo', type: 'simulator' }, smpp],
      default: 'twilio',
      routes: [
        { name: 'us', match: { to: ['+1'] }, use: [{ carrier: 'twilio' }], failover: ['backup'] },
        { name: 'germany', match: { to: ['+49'] }, use: [{ carrier: 'solo' }] },
        { name: 'britain', match: { to: ['+44'] }, use: [{ carrier: 'offline' }] },
      ],
    };
    writeFileSync(file, JSON.stringify(settings));
  });
  // Registered after the file is written, because the hook of the page starts Red Cloud.
  const { redcloud, page, show, click, confirm, seriousViolations } = pagePerTest({
    env,
    overrides: { clock: systemClock },
  });
  afterEach(async () => {
    vendor.reset();
    for (const name of ['twilio', 'solo']) await redcloud().admin('POST', `/carriers/${name}/resume`);
    const waiting = async () => (await redcloud().admin('GET', '/carriers')).json.carriers[2].queued;
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON);
  });
  afterAll(async () => {
    await vendor.stop();
  });

  const row = (name: string) => page().getByRole('table', { name: 'Carriers', exact: true }).getByRole('row', { name });
  const banner = () => page().getByRole('alert');

  test('The page shows each carrier with its state, its reason and its figures.', async () => {
    await show('/carriers');
    expect(await row('twilio').innerText()).toMatch(/twilio\s+twilio, default\s+up\s+0\/s\s+\d+\s+–\s+0\s+–\s+Pause/);
    expect(await row('offline').innerText()).toMatch(/down\s+offline is down: .*\d/);
    expect(await seriousViolations()).toEqual([]);
  });

  test('A carrier is paused and resumed after a confirmation.', async () => {
    await show('/carriers');
    await click('Pause solo');
    await confirm('Cancel');
    expect((await redcloud().admin('GET', '/carriers')).json.carriers[2]).toMatchObject({ paused: false });
    await click('Pause solo');
    expect(await page().getByRole('alertdialog').innerText()).toContain('within two seconds');
    expect(await seriousViolations()).toEqual([]);
    await confirm('Pause');
    await row('solo').getByText('solo is paused').waitFor();
    expect((await redcloud().admin('GET', '/carriers')).json.carriers[2]).toMatchObject({ state: 'paused' });
    await click('Resume solo');
    await confirm('Resume');
    await row('solo').getByRole('button', { name: 'Pause solo' }).waitFor();
    expect((await redcloud().admin('GET', '/carriers')).json.carriers[2]).toMatchObject({ state: 'up' });
  });

  test('While messages wait for a paused carrier, every page of an operator has a banner with the reason.', async () => {
    await show('/');
    expect(await banner().count()).toBe(0);
    await redcloud().admin('POST', '/carriers/solo/pause');
    await sendTo(redcloud(), '+4915112345678');
    // The open page shows the banner with the next poll.
    await banner().getByText('solo is paused.').waitFor();
    for (const path of ['/', '/messages', '/phone', '/webhooks', '/numbers', '/opt-outs', '/clients', '/carriers']) {
      await show(path);
      await banner().getByText('Messages wait for solo.').waitFor();
      expect(await seriousViolations(), path).toEqual([]);
    }
    await show('/messages');
    await banner().getByRole('link', { name: 'Show the carriers' }).click();
    await page().getByRole('heading', { name: 'Carriers', level: 1 }).waitFor();
    await click('Resume solo');
    await confirm('Resume');
    await banner().waitFor({ state: 'detached' });
  });

  test('The banner and the page share one request, and a paused carrier without messages has no banner.', async () => {
    await redcloud().admin('POST', '/carriers/solo/pause');
    let requests = 0;
    page().on('request', (request) => {
      if (request.url().endsWith('/api/admin/carriers')) requests += 1;
    });
    await show('/carriers');
    await row('solo').getByText('solo is paused').waitFor();
    expect(requests).toBe(1);
    expect(await banner().count()).toBe(0);
  });

  test('After a restore, every page of an operator has a banner that releases the hold after a question.', async () => {
    let hold: object | null = { begunAt: '2026-12-01T08:00:00.000Z', doubted: 12 };
    await page().route('**/api/admin/hold', (route) => route.fulfill({ json: { hold } }));
    const released: string[] = [];
    page().on('request', (request) => {
      if (request.url().endsWith('/api/admin/hold/release')) {
        hold = null;
        released.push(request.method());
      }
    });
    await show('/messages');
    await banner().getByText('Sending is on hold after a restore.').waitFor();
    await banner().getByText('12 messages may have been sent').waitFor();
    expect(await seriousViolations()).toEqual([]);
    await click('Release');
    expect(await page().getByRole('alertdialog').innerText()).toContain('Cancels and opt-outs');
    expect(released).toEqual([]);
    await confirm('Release');
    await banner().waitFor({ state: 'detached' });
    expect(released).toEqual(['POST']);
  });

  test('An API client has no banner and no page of carriers.', async () => {
    await redcloud().admin('POST', '/carriers/solo/pause');
    await sendTo(redcloud(), '+4915112345679');
    await page()
      .context()
      .request.post(`${redcloud().url}/console/session`, {
        headers: { 'x-redcloud-console': '1' },
        data: { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' },
      });
    const asked: string[] = [];
    page().on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await show('/messages');
    expect(await banner().count()).toBe(0);
    expect(asked).not.toContain('/api/admin/carriers');
    await show('/carriers');
    expect(await page().getByRole('heading', { level: 1 }).innerText()).toBe('Page not found');
  });

  test('The form explains which route a message would take, and why.', async () => {
    await redcloud().admin('POST', '/carriers/twilio/pause');
    await show('/carriers');
    await page().getByLabel('From number').fill('+15551234567');
    await page().getByLabel('Recipient').fill('+15557654321');
    await click('Find the route');
    await page().getByText('Route us, failover to backup, because twilio is paused').waitFor();
    const carriers = page().getByRole('table', { name: 'Carriers of the route' });
    expect(await carriers.innerText()).toMatch(/twilio\s+twilio is paused\s+backup\s+accepts messages/);
    expect(await seriousViolations()).toEqual([]);

    await page().getByLabel('From number').fill('num_abc123');
    await page().getByLabel('Recipient').fill('+447400123456');
    await click('Find the route');
    await page().getByText('message would wait').waitFor();
    const skipped = page().getByRole('table', { name: 'Skipped routes and carriers' });
    expect(await skipped.innerText()).toMatch(/us\s+–\s+The recipient begins with none of \+1\s+germany/);

    await page().getByLabel('Recipient').fill('5551234');
    await click('Find the route');
    await page().getByText('“Recipient” must be a phone number in E.164').waitFor();
    await page().getByLabel('Recipient').fill('+15557654321');
    await page().getByLabel('From number').fill('num_nope');
    await click('Find the route');
    await page().getByText('Number "num_nope" does not exist').waitFor();
  });

  test('The form explains why no carrier can carry a message.', async () => {
    await redcloud().admin('PATCH', '/numbers/num_abc123', { carrier: 'offline' });
    await show('/carriers');
    await page().getByLabel('From number').fill('num_abc123');
    await page().getByLabel('Recipient').fill('+33612345678');
    await page().getByLabel('Message type').selectOption('MMS');
    await click('Find the route');
    await page().locator('.notice', { hasText: 'NO_ROUTE' }).waitFor();
    const skipped = page().getByRole('table', { name: 'Skipped routes and carriers' });
    expect(await skipped.innerText()).toContain('Carrier offline does not send MMS');
    await redcloud().admin('PATCH', '/numbers/num_abc123', { carrier: null });
  });

  test('The page of a message shows its route with the reason, and its earlier attempts.', async () => {
    vendor.react = () => 'unauthorized';
    const id = await sendTo(redcloud(), '+15551230001');
    await vi.waitFor(async () => {
      const { attempts, parts } = (await redcloud().admin('GET', `/messages/${id}`)).json;
      expect([attempts.length, parts[0]?.carrier]).toEqual([1, 'backup']);
    }, SOON);
    await show(`/messages/${id}`);
    const details = page().getByRole('region', { name: 'Details' });
    expect(await details.innerText()).toMatch(
      /Route\s+Route us, failover to backup, because twilio is misconfigured: Twilio responded with HTTP 401/,
    );
    const timeline = page().getByRole('region', { name: 'Timeline' });
    expect(await timeline.innerText()).toMatch(
      /Attempt 1 through twilio\s+The carrier refused it.*Another attempt followed/,
    );
    expect(await seriousViolations()).toEqual([]);
  });
});
