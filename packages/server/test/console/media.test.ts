// @module-tag slow
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { HANDSET, onePage } from './pages.ts';

const PICTURE = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 };
const CATALOG = new URL('../../assets/catalog.jpg', import.meta.url).pathname;

/** Paths of the media that a page requests. */
function watchMedia(page: Page): string[] {
  const requests: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/core/media/')) requests.push(pathname);
  });
  return requests;
}

describe.skipIf(!CHROMIUM)(`Media in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const pages = onePage();
  const { redcloud, receiver, page, show, seriousViolations, expectErrors } = pages;

  async function send(key: string, media: object[], to = HANDSET): Promise<string> {
    const { json } = await redcloud().send(key, { to: [to], messageType: 'MMS', text: 'The catalog', media });
    return json.results[0].messageId;
  }

  async function receive(media: object[]): Promise<string> {
    const body = { from: '+15557770001', to: '+15551234567', media };
    return (await redcloud().call('/sandbox/inbound', { method: 'POST', token: null, body })).json.messageId;
  }

  /** Uploads a text file. @returns the item of `media`. */
  async function uploadNote(text: string) {
    const headers = { 'content-type': 'text/plain' };
    return (await redcloud().call('/api/core/media?fileName=note.txt', { method: 'POST', headers, raw: text })).json;
  }

  const image = () => page().locator('.media img');
  /** Width in pixels of the decoded image, and its width and height on the screen. */
  const dimensions = async (): Promise<{ natural: number; width: number; height: number }> =>
    page().evaluate(`(async () => {
      const image = document.querySelector('.media img');
      await image.decode();
      return { natural: image.naturalWidth, width: image.clientWidth, height: image.clientHeight };
    })()`);
  const openMessage = async (id: string) => {
    await show(`/messages/${id}`);
    await page().locator('.media').waitFor();
  };

  test.for([
    ['the handset of the MMS example', 'example', '+15551234567'],
    ['another handset, if it got the latest message', 'unlisted', '+15557650099'],
  ] as const)('After the sign-in, the phone shows the picture on %s.', async ([, body, handset]) => {
    const id = await send(body, [PICTURE], handset);
    await receiver().until((got) => got.some(({ body }) => body.type === 'message.delivery' && body.messageId === id));
    const context = await pages.browser().newContext();
    const opened = await pages.newPage(context);
    await opened.goto(`${redcloud().url}/console`);
    await opened.getByRole('button', { name: 'Sign in as the demo client' }).click();
    await opened.getByRole('link', { name: 'Phone' }).click();
    await opened.locator('.bubble.in .media img').waitFor();
    expect(await opened.getByLabel('Handset', { exact: true }).inputValue()).toBe(handset);
    await context.close();
  });

  test('A picture that arrives on the phone is shown, and can be hidden.', async () => {
    await pages.signIn();
    await show('/phone');
    const requests = watchMedia(page());
    await send('catalog', [PICTURE]);
    const bubble = page().locator('.bubble.in', { hasText: 'The catalog' });
    await bubble.getByText('182.3 KB').waitFor();
    await image().waitFor();
    expect(requests).toEqual(['/api/core/media/storage_abc123']);
    const { natural, width, height } = await dimensions();
    expect(natural).toBeGreaterThan(0);
    expect(width).toBeLessThanOrEqual(300);
    expect(height).toBeLessThanOrEqual(320);
    expect(await image().getAttribute('alt')).toContain('storage_abc123');
    expect(await seriousViolations()).toEqual([]);
    await bubble.getByRole('button', { name: 'Hide the image' }).click();
    await image().waitFor({ state: 'detached' });
  });

  test('A file that the handset attaches arrives as message.inbound, and its image can be shown and read.', async () => {
    await show('/phone');
    await page().getByTestId('attachment').setInputFiles(CATALOG);
    await page().getByText('catalog.jpg · 182.3 KB').waitFor();
    await page().getByLabel('Write from this handset').fill('Like this one');
    await page().keyboard.press('Enter');
    const all = await receiver().until((got) => got.some(({ body }) => body.text === 'Like this one'));
    const [inbound] = all.filter(({ body }) => body.text === 'Like this one').map(({ body }) => body);
    const { messageType, media } = inbound as unknown as { messageType: string; media: { storageKey: string }[] };
    expect(messageType).toBe('MMS');
    expect(media).toEqual([{ ...PICTURE, storageKey: expect.any(String), fileName: 'catalog.jpg' }]);
    const stored = await fetch(`${redcloud().url}/api/core/media/${media[0]?.storageKey}`, {
      headers: { authorization: 'Bearer rc_token_example' },
    });
    expect(Buffer.from(await stored.arrayBuffer())).toEqual(readFileSync(CATALOG));
    const bubble = page().locator('.bubble.out', { hasText: 'Like this one' });
    const picture = bubble.locator('.media img');
    expect(await picture.count()).toBe(0);
    await bubble.getByRole('button', { name: 'Show the image' }).click();
    await picture.waitFor();
    expect(await seriousViolations()).toEqual([]);
  });

  test('The page of a message shows an operator an image after a click, and offers other files to download.', async () => {
    const note = await uploadNote('Opening hours: 9 to 5');
    await openMessage(await receive([PICTURE, note]));
    const requests = watchMedia(page());
    await page().getByText('note.txt · text/plain · 21 bytes').waitFor();
    await page().getByRole('button', { name: 'Show the image' }).click();
    await image().waitFor();
    expect((await dimensions()).natural).toBeGreaterThan(0);
    expect(requests).toEqual(['/api/core/media/storage_abc123']);
    expect(await seriousViolations()).toEqual([]);
    const saving = page().waitForEvent('download');
    await page().getByRole('button', { name: 'Download note.txt' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('note.txt');
    expect(readFileSync(await saved.path(), 'utf8')).toBe('Opening hours: 9 to 5');
  });

  test('A file that was deleted, not copied or is not copied yet has a message with the reason.', async () => {
    const pending = {
      mimeType: 'image/png',
      byteLength: 10,
      storageKey: 'storage_x',
      sourceUrl: 'https://example.com/a.png',
    };
    const gone = await uploadNote('Soon gone');
    const id = await receive([gone, pending]);
    await redcloud().call(`/api/core/media/${gone.storageKey}`, { method: 'DELETE' });
    await openMessage(id);
    expectErrors(true);
    await page().getByRole('button', { name: 'Download note.txt' }).click();
    await page().getByText('The file no longer exists').waitFor();
    await page().getByRole('button', { name: 'Show the image' }).click();
    await page().getByText('The file does not exist. It was not fetched').waitFor();
    expect(await image().count()).toBe(0);
    expectErrors(false);
    expect(await seriousViolations()).toEqual([]);
  });

  test('An API client sees the image of its own message under the page policy.', async () => {
    const messageId = await send('own', [PICTURE]);
    pages.usePage(await pages.newPage(await pages.browser().newContext()));
    await show('/');
    await page().getByRole('button', { name: 'Sign in as the demo client' }).click();
    await page().getByRole('heading', { name: 'Overview' }).waitFor();
    await openMessage(messageId);
    await page().getByRole('button', { name: 'Show the image' }).click();
    await image().waitFor();
    expect((await dimensions()).natural).toBeGreaterThan(0);
  });
});
