/**
 * `npm run console:shots`: writes a screenshot of each console screen in both themes to docs/console/. Arguments select
 * screens: `npm run console:shots -- phone client`.
 * Needs RC_ADMIN_TOKEN, a Chromium, and at BASE_URL (http://127.0.0.1:3000) a sandbox with an operator token, some messages and one
 * opt-out with a history. The screen `carriers` needs RC_CARRIERS with the routes of the page's route form, and a paused carrier with
 * waiting messages for the banner.
 */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { openBrowser } from '../packages/server/test/support/browser.ts';

const BASE = process.env['BASE_URL'] || 'http://127.0.0.1:3000';
const TOKEN = process.env['RC_ADMIN_TOKEN'] ?? '';
const OUT = new URL('../docs/console/', import.meta.url).pathname;
const HANDSET = '+15557654321';

const SCREENS: readonly [name: string, show: (page: Page) => Promise<void>][] = [
  ['overview', (page) => open(page, '/')],
  ['messages', (page) => open(page, '/messages')],
  ['message', openMessage],
  ['phone', usePhone],
  ['scheduling', openScheduling],
  ['quiet-hours', (page) => open(page, '/scheduling?tab=quiet-hours')],
  ['webhooks', (page) => open(page, '/webhooks')],
  ['deliveries', openDeliveries],
  ['numbers', (page) => open(page, '/numbers')],
  ['opt-outs', (page) => open(page, '/opt-outs')],
  ['opt-out-history', (page) => openTab(page, 'History')],
  ['auto-replies', (page) => openTab(page, 'Automatic replies')],
  ['clients', (page) => open(page, '/clients')],
  ['client', (page) => open(page, '/clients/rc_test_client_123')],
  ['carriers', explainRoute],
  ['secrets', createClient],
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${BASE}/console${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForFunction('document.querySelector(".loading") === null');
}

async function openMessage(page: Page): Promise<void> {
  await open(page, '/messages?status=DELIVERED&direction=OUTBOUND');
  await page.locator('.table a').first().click();
  await page.locator('.story li').nth(6).waitFor();
}

async function openDeliveries(page: Page): Promise<void> {
  await open(page, '/webhooks');
  await page.getByRole('tab', { name: 'Deliveries' }).click();
  await page.locator('.table').waitFor();
}

/** Schedules messages, so that the list has some. */
async function openScheduling(page: Page): Promise<void> {
  const now = Date.now();
  for (const [hours, priority] of [
    [30, 'BULK'],
    [20, 'NORMAL'],
    [2, 'HIGH'],
  ] as const) {
    const sendAt = new Date(now + hours * 3_600_000).toISOString();
    const key = `shots-${now}-${hours}`;
    await sendFor(page, key, {
      messageType: 'SMS',
      text: 'See you tomorrow',
      sendAt,
      priority,
      externalReference: key,
    });
  }
  await open(page, '/scheduling');
  await page.locator('.table').waitFor();
}

async function sendFor(page: Page, key: string, body: object): Promise<void> {
  await page.request.post(`${BASE}/api/core/messages/send`, {
    headers: { authorization: 'Bearer rc_token_example', 'idempotency-key': key },
    data: { sendFrom: 'num_abc123', to: [HANDSET], ...body },
  });
}

async function openTab(page: Page, name: string): Promise<void> {
  await open(page, '/opt-outs');
  await page.getByRole('tab', { name }).click();
  await page.locator('.table, .form').first().waitFor();
}

async function explainRoute(page: Page): Promise<void> {
  await open(page, '/carriers');
  await page.getByLabel('From number').fill('+15551234567');
  await page.getByLabel('Recipient').fill(HANDSET);
  await page.getByRole('button', { name: 'Find the route' }).click();
  await page.getByRole('table', { name: 'Carriers of the route' }).waitFor();
}

async function createClient(page: Page): Promise<void> {
  await open(page, '/clients');
  await page.getByRole('button', { name: 'New API client' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Shop');
  await page.getByLabel('Name of the new account').fill('Example Ltd');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.locator('.secret').first().waitFor();
}

async function usePhone(page: Page): Promise<void> {
  await page.goto(`${BASE}/console/phone`);
  await page.getByRole('button', { name: 'Send through the API' }).click();
  await page.locator('.bubble.in').first().waitFor();
  await sendPicture(page);
  await page.locator('.media img').first().waitFor();
  await page.getByLabel('Write from this handset').fill('Thank you!');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.bubble.out').first().waitFor();
  await page.locator(`.feed >> text=${HANDSET}`).first().waitFor();
}

/** Sends the MMS of the examples to the handset. */
async function sendPicture(page: Page): Promise<void> {
  await sendFor(page, `shots-${Date.now()}`, {
    ...{ messageType: 'MMS', text: 'See the attached catalog' },
    media: [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 }],
  });
}

async function shoot(page: Page, name: string, theme: string): Promise<void> {
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: `${OUT}${name}-${theme}.png`, animations: 'disabled' });
}

const chosen = process.argv.slice(2);
const isChosen = ([name]: (typeof SCREENS)[number]) => chosen.length === 0 || chosen.includes(name);

const browser = await openBrowser();
mkdirSync(OUT, { recursive: true });
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width: 1200, height: 760 },
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  page.on('console', (message) => process.stdout.write(`${message.type()}: ${message.text()}\n`));
  await page.goto(`${BASE}/console/`);
  await page.getByRole('button', { name: 'Sign in as the demo client' }).waitFor();
  await page.waitForLoadState('networkidle');
  if (chosen.length === 0) await shoot(page, 'sign-in', colorScheme);
  await context.request.post(`${BASE}/console/session`, { data: { operatorToken: TOKEN } });
  for (const [name, show] of SCREENS.filter(isChosen)) {
    await show(page);
    await shoot(page, name, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 780 });
  for (const [name, show] of SCREENS.slice(0, 5).filter(isChosen)) {
    await show(page);
    await shoot(page, `narrow-${name}`, colorScheme);
  }
  await context.close();
}
await browser.close();
