/**
 * `npm run console:shots`: writes a screenshot of each console screen in both themes to docs/console/.
 * Needs RC_ADMIN_TOKEN, a Chromium, and at BASE_URL (http://127.0.0.1:3000) a sandbox with an operator token, some messages and one
 * opt-out with a history.
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
  ['webhooks', (page) => open(page, '/webhooks')],
  ['deliveries', openDeliveries],
  ['numbers', (page) => open(page, '/numbers')],
  ['opt-outs', (page) => open(page, '/opt-outs')],
  ['opt-out-history', (page) => openTab(page, 'History')],
  ['auto-replies', (page) => openTab(page, 'Automatic replies')],
  ['clients', (page) => open(page, '/clients')],
  ['client', (page) => open(page, '/clients/rc_test_client_123')],
  ['carriers', (page) => open(page, '/carriers')],
  ['secrets', createClient],
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${BASE}/console${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.locator('.loading').waitFor({ state: 'detached' });
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

async function openTab(page: Page, name: string): Promise<void> {
  await open(page, '/opt-outs');
  await page.getByRole('tab', { name }).click();
  await page.locator('.table, .form').first().waitFor();
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
  await page.getByLabel('Write from this handset').fill('Thank you!');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.bubble.out').first().waitFor();
  await page.locator(`.feed >> text=${HANDSET}`).first().waitFor();
}

async function shoot(page: Page, name: string, theme: string): Promise<void> {
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: `${OUT}${name}-${theme}.png`, animations: 'disabled' });
}

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
  await shoot(page, 'sign-in', colorScheme);
  await context.request.post(`${BASE}/console/session`, { data: { operatorToken: TOKEN } });
  for (const [name, show] of SCREENS) {
    await show(page);
    await shoot(page, name, colorScheme);
  }
  await page.setViewportSize({ width: 390, height: 780 });
  for (const [name, show] of SCREENS.slice(0, 4)) {
    await show(page);
    await shoot(page, `narrow-${name}`, colorScheme);
  }
  await context.close();
}
await browser.close();
