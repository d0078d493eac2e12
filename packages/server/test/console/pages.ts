import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, violationsOn } from '../support/browser.ts';
import { Receiver } from '../support/receiver.ts';
import { OPERATOR, type Options, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

export const HANDSET = '+15557654321';

/** Chooses `HANDSET` on the phone, as a user did earlier in the tab. */
async function chooseHandset(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    `sessionStorage.getItem('redcloud.handset') ?? sessionStorage.setItem('redcloud.handset', '${HANDSET}')`,
  );
}
/** Label of the only button that closes a dialog with a secret. */
export const COPIED = 'I have copied the values';

/** Opens a screen of the console, and waits until the screen has its content. */
async function showOn(page: Page, redcloud: TestRedCloud, path: string): Promise<void> {
  await page.goto(`${redcloud.url}/console${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // A page can have several parts that load.
  await expect.poll(() => page.locator('.loading').count(), { timeout: 30_000 }).toBe(0);
}

/** Starts Red Cloud and a browser for the tests of one `describe`, and stops both after the last test. */
function ownBrowser(options: Options = {}) {
  let redcloud: TestRedCloud;
  let browser: Browser;
  beforeAll(async () => {
    [redcloud, browser] = await Promise.all([startRedCloud(options), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await redcloud?.stop();
  });
  return { redcloud: () => redcloud, browser: () => browser };
}

/**
 * Opens one page for all tests of one `describe`, whose webhooks are received. Expects after the last test that the
 * browser reported no errors.
 * @returns access to the page and its surroundings, and functions that use the page.
 */
export function onePage() {
  const { redcloud, browser } = ownBrowser();
  let receiver: Receiver;
  let context: BrowserContext;
  let page: Page;
  /** Errors that the browser reported: script errors and violations of the Content-Security-Policy. */
  const complaints: string[] = [];
  let wrongIsMeant = false;

  async function newPage(from: BrowserContext): Promise<Page> {
    const opened = await from.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      const text = `${message.text()} ${message.location().url}`;
      // The browser also reports an expected rejection, such as that of a wrong secret, as an error.
      if (message.type() === 'error' && !(wrongIsMeant && text.includes('Failed to load resource')))
        complaints.push(text);
    });
    return opened;
  }

  beforeAll(async () => {
    receiver = await Receiver.start();
    await redcloud().call('/api/core/webhooks', {
      method: 'PATCH',
      body: { deliveryUrl: receiver.url, inboundUrl: receiver.url },
    });
    // bypassCSP is only for axe. Another context tests the policy itself.
    context = await browser().newContext({ bypassCSP: true });
    await chooseHandset(context);
    page = await newPage(context);
  });
  afterAll(async () => {
    await receiver?.stop();
    expect(complaints).toEqual([]);
  });

  return {
    ...{ redcloud, browser, newPage },
    receiver: () => receiver,
    context: () => context,
    page: () => page,
    complaints: () => complaints,
    /** Continues on another page. */
    usePage(other: Page): void {
      page = other;
    },
    /** Defines whether failed requests are part of the test. */
    expectErrors(areExpected: boolean): void {
      wrongIsMeant = areExpected;
    },
    show: (path: string) => showOn(page, redcloud(), path),
    seriousViolations: () => violationsOn(page),
    /** Signs in as the operator, without the sign-in screen. */
    signIn: () => signIn(context, redcloud()),
  };
}

async function signIn(context: BrowserContext, redcloud: TestRedCloud): Promise<void> {
  await context.request.post(`${redcloud.url}/console/session`, {
    headers: { 'x-redcloud-console': '1' },
    data: { operatorToken: OPERATOR },
  });
}

/**
 * Opens a page in a new context for each test of one `describe`, signed in as the operator.
 * @returns access to the page and to Red Cloud, and functions that use the page.
 */
export function pagePerTest(options: Options = {}) {
  const { redcloud, browser } = ownBrowser(options);
  let page: Page;
  beforeEach(async () => {
    const context = await browser().newContext({ bypassCSP: true });
    await chooseHandset(context);
    await signIn(context, redcloud());
    page = await context.newPage();
    return () => context.close();
  });

  return {
    redcloud,
    page: () => page,
    show: (path: string) => showOn(page, redcloud(), path),
    seriousViolations: () => violationsOn(page),
    click: (name: string) => page.getByRole('button', { name, exact: true }).click(),
    confirm: (name: string) => page.getByRole('alertdialog').getByRole('button', { name, exact: true }).click(),
    focused: () => page.evaluate('document.activeElement.textContent'),
  };
}
