// @module-tag slow
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { OPERATOR } from '../support/redcloud.ts';
import { COPIED, HANDSET, onePage } from './pages.ts';

const SCREENS = [
  '/',
  '/messages',
  '/scheduling',
  '/scheduling?tab=quiet-hours',
  '/phone',
  '/webhooks',
  '/numbers',
  '/pools',
  '/opt-outs',
  '/clients',
  '/carriers',
];

describe.skipIf(!CHROMIUM)(`The console in a browser${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const {
    redcloud,
    browser,
    receiver,
    context,
    page,
    newPage,
    usePage,
    show,
    seriousViolations,
    complaints,
    expectErrors,
  } = onePage();

  test('A user who is not signed in sees only the sign-in, and a wrong secret is rejected with advice.', async () => {
    await show('/messages');
    await page().getByLabel('Client ID').fill('rc_test_client_123');
    await page().getByLabel('Client secret').fill('wrong');
    expect(complaints()).toEqual([]);
    expectErrors(true);
    await page().getByRole('button', { name: 'Sign in', exact: true }).click();
    const alert = page().getByRole('alert');
    await alert.waitFor();
    expectErrors(false);
    expect(await alert.innerText()).toMatch(/request console_\w{32}/);
    expect(await seriousViolations()).toEqual([]);
  });

  test('An operator can sign in by keyboard, and scripts cannot read the session.', async () => {
    await show('/');
    await page().getByRole('tab', { name: 'Operator' }).click();
    await page().getByLabel('Operator token').fill(OPERATOR);
    await page().keyboard.press('Enter');
    await page().getByRole('heading', { name: 'Overview' }).waitFor();
    const [cookie] = await context().cookies();
    expect(cookie).toMatchObject({ name: 'rc_console', httpOnly: true, sameSite: 'Strict' });
    expect(await page().evaluate('document.cookie')).toBe('');
  });

  // Retries tolerate delays by other tests on a busy machine. A slow console fails every time.
  let parcels = 0;
  test('A message sent by the API is on the phone within a second.', { retry: 3 }, async () => {
    await show('/phone');
    parcels += 1;
    const { json } = await redcloud().send(`to-the-phone-${parcels}`, {
      to: [HANDSET],
      text: `Your parcel is here (${parcels})`,
    });
    const { messageId } = json.results[0];
    await receiver().until((all) =>
      all.some(({ body }) => body.type === 'message.delivery' && body.messageId === messageId),
    );
    const since = Date.now();
    await page()
      .locator('.bubble.in', { hasText: `(${parcels})` })
      .waitFor();
    expect(Date.now() - since).toBeLessThan(1000);
  });

  test('A reply from the phone is delivered as message.inbound.', async () => {
    await show('/phone');

    await page().getByLabel('Write from this handset').fill('Thank you');
    await page().keyboard.press('Enter');
    const all = await receiver().until((got) => got.some(({ body }) => body.type === 'message.inbound'));
    const inbound = all.find(({ body }) => body.type === 'message.inbound');
    expect(inbound?.body).toMatchObject({ from: HANDSET, to: '+15551234567', text: 'Thank you' });
    await page().locator('.bubble.out', { hasText: 'Thank you' }).waitFor();
    await page().locator('.feed', { hasText: 'message.inbound' }).waitFor();
  });

  test('STOP on the phone adds an opt-out to the list, and its removal deletes it from the list.', async () => {
    await show('/phone');
    await page().getByLabel('Write from this handset').fill('STOP');
    await page().keyboard.press('Enter');
    await page()
      .locator('.bubble.in', { hasText: /unsubscribed/ })
      .waitFor();
    await show('/opt-outs');
    const row = page().getByRole('row', { name: new RegExp(`\\${HANDSET}`) });
    await row.getByRole('button', { name: 'Remove' }).click();
    await page().getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page().getByText('No opt-outs').waitFor();
  });

  test('The history contains each change with the message that caused the change.', async () => {
    await show('/opt-outs');
    await page().getByRole('tab', { name: 'History' }).click();
    const rows = page().locator('.table tbody tr');
    await rows.nth(1).waitFor();
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/opted out[\s\S]*handset \(STOP\)[\s\S]*msg_/),
      expect.stringMatching(/opted in[\s\S]*API client/),
    ]);
    expect(await seriousViolations()).toEqual([]);
  });

  test('A changed automatic reply is sent to a handset.', async () => {
    await show('/opt-outs');
    await page().getByRole('tab', { name: 'Automatic replies' }).click();
    await page().getByLabel('Reply to a help request (HELP)', { exact: true }).selectOption('own');
    await page().getByLabel('Reply to a help request (HELP): text').fill('Call us: 555 0100');
    await page().getByRole('button', { name: 'Save' }).click();
    await page().getByText('Automatic replies saved').waitFor();
    expect(await seriousViolations()).toEqual([]);
    expect((await redcloud().call('/api/core/auto-replies')).json).toMatchObject({
      optOut: null,
      optIn: null,
      help: 'Call us: 555 0100',
    });
    await show('/phone');
    await page().getByLabel('Write from this handset').fill('HELP');
    await page().keyboard.press('Enter');
    await page().locator('.bubble.in', { hasText: 'Call us: 555 0100' }).waitFor();
  });

  test('The page of a message shows its complete history, and hides its text until a click.', async () => {
    await show('/messages?direction=OUTBOUND&to=%2B15557654321');
    await page().locator('.table a').last().click();
    const story = page().locator('.story');
    for (const step of ['Accepted', 'Queued', 'Submitted to simulator', 'Sent', 'Receipt', 'Delivered', 'attempt 1'])
      await story.getByText(step).first().waitFor();
    expect(await page().locator('main').innerText()).toContain('to-the-phone');
    expect(await page().locator('main').innerText()).not.toContain('Your parcel is here');
    await page().getByRole('button', { name: 'Show the text' }).click();
    await page().getByText('Your parcel is here').waitFor();
    expect(await seriousViolations()).toEqual([]);
  });

  test('A number can get a campaign, and the inventory can be searched.', async () => {
    await show('/numbers');
    const row = page().getByRole('row', { name: /num_nocampaign/ });
    await row.getByRole('button', { name: 'Settings' }).click();
    await page().getByRole('dialog').getByLabel('Campaign').fill('camp_new');
    expect(await seriousViolations()).toEqual([]);
    await page().getByRole('button', { name: 'Save' }).click();
    await row.getByText('camp_new').waitFor();
    await page().getByLabel('State, two letters').fill('OR');
    await page().getByRole('button', { name: 'Search' }).click();
    await page()
      .getByText(/Portland/i)
      .first()
      .waitFor();
  });

  test('An API client can be created with secrets that are shown once, suspended, and reactivated.', async () => {
    await show('/clients');
    await page().getByRole('button', { name: 'New API client' }).click();
    await page().getByLabel('Name', { exact: true }).fill('Shop');
    await page().getByLabel('Account', { exact: true }).selectOption('new');
    await page().getByLabel('Name of the new account').fill('Example Ltd');
    await page().getByRole('button', { name: 'Create' }).click();
    await page().locator('.secret code', { hasText: 'rc_secret_' }).waitFor();
    await page().getByRole('button', { name: COPIED }).click();
    await page().getByRole('link', { name: 'Shop' }).click();
    await page().getByRole('button', { name: 'Suspend' }).click();
    await page().getByRole('alertdialog').getByRole('button', { name: 'Suspend' }).click();
    await page().getByRole('button', { name: 'Reactivate' }).click();
    await page().locator('.facts .state', { hasText: 'active' }).waitFor();
    await page().getByRole('button', { name: 'Add a client secret' }).click();
    await page().getByRole('alertdialog').getByRole('button', { name: 'Add' }).click();
    await page().locator('.secret code').waitFor();
    expect(await seriousViolations()).toEqual([]);
    await page().getByRole('button', { name: COPIED }).click();
  });

  test('A long list is divided into pages, even if the API returns all of it.', async () => {
    const { json: account } = await redcloud().admin('POST', '/accounts', { name: 'Many' });
    const names = Array.from({ length: 60 }, (_, i) => `Client ${i}`);
    await Promise.all(names.map((name) => redcloud().admin('POST', '/clients', { accountId: account.id, name })));
    await show('/clients');
    await page().getByText('Page 1, 50 shown').waitFor();
    expect(await page().locator('.table tbody tr').count()).toBe(50);
    await page().getByRole('button', { name: 'Next' }).click();
    await page()
      .getByText(/Page 2, 1\d shown/)
      .waitFor();
    expect(await page().getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page().locator('.table tbody a').last().click();
    await page().getByRole('heading', { name: 'Details', exact: true }).waitFor();
    await page().goBack();
    await page()
      .getByText(/Page 2, 1\d shown/)
      .waitFor();
  });

  test('Input in the view of one API client does not appear in the view of another.', async () => {
    const whose = page().getByLabel('View of');
    await show('/webhooks');
    await whose.selectOption({ label: 'Shop' });
    await page().getByLabel('Delivery events').fill('https://example.com/for-shop');
    await whose.selectOption({ label: 'Client 2' });
    await expect.poll(() => page().getByLabel('Delivery events').inputValue()).toBe('');
    await whose.selectOption('rc_test_client_123');
  });

  test('API clients with equal names are distinguished by their ids in a selection.', async () => {
    const { json: account } = await redcloud().admin('POST', '/accounts', { name: 'Twins' });
    for (const _ of [1, 2]) await redcloud().admin('POST', '/clients', { accountId: account.id, name: 'Twin' });
    await show('/webhooks');
    const twins = page()
      .getByLabel('View of')
      .getByRole('option', { name: /^Twin · client_/ });
    await expect.poll(() => twins.count()).toBe(2);
  });

  test('A double click has the effect of one click.', async () => {
    await show('/phone');
    const sends: string[] = [];
    page().on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === 'POST' && !pathname.endsWith('/preview')) sends.push(pathname);
    });
    // Delay of a person. The first click has its response before the second click.
    await page().getByRole('button', { name: 'Send through the API' }).dblclick({ delay: 100 });
    await page().locator('.bubble.in', { hasText: 'Hello from Red Cloud' }).waitFor();
    expect(sends).toEqual(['/api/core/messages/send']);
  });

  test('Secrets stay visible until the user confirms the copy, and a rejected client leaves one account.', async () => {
    await show('/phone');
    await page().getByRole('link', { name: 'Clients' }).click();
    await page().getByRole('button', { name: 'New API client' }).click();
    await page().getByLabel('Name', { exact: true }).fill('Held');
    await page().getByLabel('Name of the new account').fill('Held Ltd');
    await page().getByLabel('URL for delivery events').fill('https://u:p@example.com/');
    expectErrors(true);
    for (const _ of [1, 2]) {
      await page().getByRole('button', { name: 'Create' }).click();
      await page().getByRole('alert').waitFor();
      await page().getByRole('button', { name: 'Create' }).and(page().locator(':not([aria-disabled])')).waitFor();
    }
    expectErrors(false);
    await page().getByLabel('URL for delivery events').fill('');
    await page().route('**/api/admin/clients', async (route, request) => {
      if (request.method() === 'POST') await page().keyboard.press('Escape');
      await route.continue();
    });
    await page().getByRole('button', { name: 'Create' }).click();
    await page().locator('.secret code').first().waitFor();
    await page().unrouteAll({ behavior: 'wait' });
    await page().keyboard.press('Escape');
    await page().mouse.click(5, 5);
    await page().goBack();
    await page().getByRole('heading', { level: 1, name: 'Phone', includeHidden: true }).waitFor();
    expect(await page().locator('.secret code').count()).toBe(3);
    expect(await page().evaluate('document.activeElement.closest("main") === null')).toBe(true);
    await page().getByRole('button', { name: COPIED }).click();
    await page().locator('.secret code').first().waitFor({ state: 'detached' });
    await page().goForward();
    await page().getByRole('button', { name: 'New API client' }).click();
    await page().getByRole('button', { name: 'Close' }).click();
    const { accounts } = (await redcloud().admin('GET', '/accounts')).json;
    expect(accounts.filter(({ name }: { name: string }) => name === 'Held Ltd')).toHaveLength(1);
  });

  test('An invalid query in the URL shows an error, and the search can be cleared.', async () => {
    expectErrors(true);
    for (const value of ['%00', 'foo']) {
      await show(`/messages?createdAfter=${value}`);
      await page().getByRole('alert').waitFor();
    }
    expectErrors(false);
    await page().getByRole('button', { name: 'Clear the search' }).click();
    await page().locator('.table tbody a').first().waitFor();
  });

  test('Back from a message of a later page leads to that page.', async () => {
    for (let n = 0; n < 3; n += 1) {
      await redcloud().send(`many-${n}`, {
        to: Array.from({ length: 40 }, (_, i) => `+1555${8_000_000 + n * 40 + i}`),
      });
    }
    await show('/messages');
    await page().getByRole('button', { name: 'Next' }).click();
    await page().getByText('Page 2, 50 shown').waitFor();
    await page().locator('[aria-busy="false"] > .table-frame').waitFor();
    const first = await page().locator('.table tbody a').first().innerText();
    await page().locator('.table tbody a').first().click();
    await page().getByRole('heading', { level: 1, name: 'Message', exact: true }).waitFor();
    await page().goBack();
    await page().getByText('Page 2, 50 shown').waitFor();
    expect(await page().locator('.table tbody a').first().innerText()).toBe(first);
  });

  test('A list that is opened again or with another filter starts at its first page.', async () => {
    await show('/');
    await page().getByRole('link', { name: 'Messages', exact: true }).click();
    await page().getByText('Page 1, 50 shown').waitFor();
    await page().getByRole('button', { name: 'Next' }).click();
    await page().getByText('Page 2, 50 shown').waitFor();
    await page().getByLabel('Direction').selectOption('INBOUND');
    await page().getByLabel('Direction').selectOption('');
    await page().getByText('Page 1, 50 shown').waitFor();
    await page().getByRole('button', { name: 'Next' }).click();
    await page().getByText('Page 2, 50 shown').waitFor();
    await page().getByRole('link', { name: 'Messages' }).click();
    await page().getByText('Page 1, 50 shown').waitFor();
  });

  test('A search and a chosen handset are kept when the user returns.', async () => {
    await show('/opt-outs?tab=history');
    await page().getByLabel('Recipient').fill('+15557654399');
    await page().getByRole('button', { name: 'Find' }).click();
    await page().getByText('No changes for +15557654399').waitFor();
    await page().getByRole('link', { name: 'Phone' }).click();
    await page().getByLabel('Handset', { exact: true }).selectOption('+15550000009');
    await page().goBack();
    await page().getByText('No changes for +15557654399').waitFor();
    expect(await page().getByLabel('Recipient').inputValue()).toBe('+15557654399');
    await page().getByRole('link', { name: 'Phone' }).click();
    await page().getByRole('region', { name: 'Handset +15550000009' }).waitFor();
    await page().getByLabel('Handset', { exact: true }).selectOption(HANDSET);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds no serious violations on any screen in %s mode.',
    { timeout: 120_000 },
    async (colorScheme) => {
      await page().emulateMedia({ colorScheme });
      const found: string[] = [];
      for (const path of SCREENS) {
        await show(path);
        found.push(...(await seriousViolations()));
      }
      expect(found).toEqual([]);
    },
  );

  test('No screen is wider than a phone.', async () => {
    await page().setViewportSize({ width: 360, height: 740 });
    for (const path of SCREENS) {
      await show(path);
      expect(await page().evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360);
    }
    await page().setViewportSize({ width: 1200, height: 760 });
  });

  test('An API client sees only its own view, under the page policy and without foreign resources.', async () => {
    const own = await browser().newContext();
    const elsewhere: string[] = [];
    own.on('request', (request) => {
      if (!request.url().startsWith(redcloud().url)) elsewhere.push(request.url());
    });
    usePage(await newPage(own));
    await show('/');
    await page().getByRole('button', { name: 'Sign in as the demo client' }).click();
    await page().getByRole('heading', { name: 'Overview' }).waitFor();
    await page().getByText('Latest messages').waitFor();
    expect(await page().getByRole('link', { name: 'Clients' }).count()).toBe(0);
    await show('/clients');
    await page().getByText('Page not found').waitFor();
    for (const path of ['/messages', '/scheduling', '/phone', '/webhooks', '/numbers', '/opt-outs']) await show(path);
    expectErrors(true);
    await own.clearCookies();
    // The page sends no request by itself, but still detects the end of the session.
    await page().getByText('Your session has ended').waitFor();
    await page().getByRole('button', { name: 'Sign in as the demo client' }).click();
    await page().getByRole('button', { name: 'Sign out' }).click();
    await page().getByLabel('Client ID').waitFor();
    expect(await page().getByText('Your session has ended').count()).toBe(0);
    expect(elsewhere).toEqual([]);
    expect(complaints()).toEqual([]);
  });
});
