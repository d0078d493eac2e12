// @module-tag slow
import { describe, expect, test, vi } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { pagePerTest } from './pages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PHONE = { width: 360, height: 740 };

describe.skipIf(!CHROMIUM)(`Scheduling in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const { redcloud, page, show, click, confirm, focused, seriousViolations } = pagePerTest();
  /** Row of a recipient. A dialog hides the row from its role, but not from its element. */
  const row = (to: string) => page().locator('.table tbody tr', { hasText: to });
  const dialog = () => page().locator('.dialog');
  const iso = (ms: number) => new Date(redcloud().clock.now() + ms).toISOString();
  const inUtc = (time: string) => `${time.slice(0, 19).replace('T', ' ')} UTC`;
  const find = async (id: string) => (await redcloud().call(`/api/core/messages/${id}`)).json;

  let sends = 0;
  /** Schedules a message to a recipient of its own. */
  async function schedule(body: Record<string, unknown> = {}) {
    sends += 1;
    const to = `+1555900${String(sends).padStart(4, '0')}`;
    const sendAt = iso(sends * HOUR_MS);
    const { json } = await redcloud().send(`console-scheduling-${sends}`, { to: [to], sendAt, ...body });
    return { id: json.results[0].messageId as string, to, sendAt };
  }

  async function submitted(id: string): Promise<void> {
    await redcloud().call(`/api/core/messages/${id}`, { method: 'PATCH', body: { sendAt: iso(0) } });
    await vi.waitFor(async () => expect((await find(id)).status).toBe('DELIVERED'), { timeout: 20_000 });
  }

  /** Value of a `datetime-local` input, in the time zone of the browser. */
  const localIn = (ms: number): Promise<string> =>
    page().evaluate((at) => {
      const time = new Date(at);
      return new Date(at - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    }, redcloud().clock.now() + ms);

  test('The list shows the times of each scheduled message in local time and UTC, its priority and its expiry.', async () => {
    await show('/scheduling');
    await page().getByText('No scheduled messages').waitFor();
    expect(await seriousViolations()).toEqual([]);
    const { id, to, sendAt } = await schedule({ priority: 'BULK', externalReference: 'shown' });
    await redcloud().send('console-scheduling-now', { to: ['+15559990001'] });
    await show('/scheduling');
    const cells = await row(to).locator('td').allInnerTexts();
    expect(cells[0]).toMatch(/\d\d:\d\d:\d\d\n/);
    expect(cells[0]).toContain(inUtc(sendAt));
    expect(cells.slice(2, 6)).toEqual(['bulk', to, 'shown', id]);
    expect(await page().locator('.table tbody tr').count()).toBe(1);
    expect(await seriousViolations()).toEqual([]);
    await row(to).getByRole('link', { name: id }).click();
    const details = page().getByRole('region', { name: 'Details' });
    const { expiresAt } = await find(id);
    await expect.poll(() => details.innerText()).toContain(inUtc(sendAt));
    expect(await details.innerText()).toContain(inUtc(expiresAt));
    expect(await details.innerText()).toMatch(/Priority\s+bulk/);
    expect(await seriousViolations()).toEqual([]);
  });

  test('A message is canceled from the list after a question, and then is no longer listed.', async () => {
    const { id, to } = await schedule();
    await show('/scheduling');
    await click(`Cancel the message to ${to}`);
    expect(await page().getByRole('alertdialog').innerText()).toContain('cannot be restored');
    expect(await seriousViolations()).toEqual([]);
    await confirm('Keep the message');
    expect((await find(id)).status).toBe('QUEUED');
    await click(`Cancel the message to ${to}`);
    await confirm('Cancel the message');
    await page().getByText(`The message to ${to} is canceled.`).waitFor();
    await row(to).waitFor({ state: 'detached' });
    expect(await find(id)).toMatchObject({ status: 'FAILED', error: { code: 'CANCELED' } });
  });

  test('The error of a message that was submitted meanwhile stays visible after its row has disappeared.', async () => {
    const { id, to } = await schedule();
    await show('/scheduling');
    await click(`Cancel the message to ${to}`);
    await submitted(id);
    await confirm('Cancel the message');
    const alert = page().getByRole('alertdialog').getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(
      /was or may have been submitted[\s\S]*cannot be changed any more[\s\S]*CONFLICT/,
    );
    await row(to).waitFor({ state: 'detached', timeout: 20_000 });
    await alert.waitFor();
    await confirm('Keep the message');
    await alert.waitFor({ state: 'detached' });
  });

  test('The time of a message is changed from the list, and errors of the API are next to their fields.', async () => {
    const { id, to } = await schedule();
    await show('/scheduling');
    await click(`Change time of the message to ${to}`);
    const sendAt = dialog().getByLabel('Send at');
    await sendAt.fill('2020-01-01T08:00');
    await dialog().getByRole('button', { name: 'Change the time' }).click();
    await dialog().getByText('“Send at” is in the past').waitFor();
    expect(await sendAt.getAttribute('aria-invalid')).toBe('true');
    expect(await seriousViolations()).toEqual([]);
    const local = await localIn(30 * HOUR_MS);
    await sendAt.fill(local);
    await dialog()
      .getByLabel('Expires')
      .fill(await localIn(29 * HOUR_MS));
    await dialog().getByRole('button', { name: 'Change the time' }).click();
    await dialog().getByText('“Expires” must be after “Send at”').waitFor();
    await dialog().getByLabel('Expires').fill('');
    await dialog().getByRole('button', { name: 'Change the time' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page().getByText(`The message to ${to} will be sent at`).waitFor();
    const moved = await find(id);
    expect(moved.sendAt).toBe(await page().evaluate((text) => new Date(text).toISOString(), local));
    await row(to).getByText(inUtc(moved.sendAt)).waitFor();
  });

  test('The page of a message cancels it and changes its time, and offers neither after its end.', async () => {
    const { id, to } = await schedule();
    await show(`/messages/${id}`);
    await click(`Change time of the message to ${to}`);
    await dialog()
      .getByLabel('Send at')
      .fill(await localIn(50 * HOUR_MS));
    await dialog().getByRole('button', { name: 'Change the time' }).click();
    await dialog().waitFor({ state: 'detached' });
    const { sendAt } = await find(id);
    await page().getByRole('region', { name: 'Details' }).getByText(inUtc(sendAt)).waitFor();
    await click(`Cancel the message to ${to}`);
    await confirm('Cancel the message');
    await page().getByRole('region', { name: 'Details' }).getByText('CANCELED', { exact: true }).waitFor();
    await page()
      .getByRole('button', { name: `Cancel the message to ${to}` })
      .waitFor({ state: 'detached' });
    expect(
      await page()
        .getByRole('button', { name: /^Change time/ })
        .count(),
    ).toBe(0);
  });

  test('All messages with a reference are canceled, and the result counts canceled and late ones.', async () => {
    const late = await schedule({ externalReference: 'campaign-7' });
    await submitted(late.id);
    const waiting = await schedule({ externalReference: 'campaign-7' });
    const other = await schedule({ externalReference: 'campaign-70' });
    await show('/scheduling');
    await page().getByLabel('Reference').fill('campaign-7');
    await click('Find');
    await row(waiting.to).waitFor();
    await row(other.to).waitFor({ state: 'detached' });
    await click('Cancel by reference');
    expect(await dialog().getByLabel('Reference').inputValue()).toBe('campaign-7');
    expect(await seriousViolations()).toEqual([]);
    await dialog().getByRole('button', { name: 'Cancel the messages' }).click();
    const result = dialog().getByRole('status');
    await result.waitFor();
    expect(await result.innerText()).toMatch(/Reference\s+campaign-7\s+Canceled\s+1\s+Too late\s+1/);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page().getByText('No scheduled messages with the reference campaign-7').waitFor();
    expect((await find(other.id)).status).toBe('QUEUED');
  });

  test('Scheduled messages behind many other messages are found, and a long list has pages.', async () => {
    const to = Array.from({ length: 60 }, (_, n) => `+1555910${String(n).padStart(4, '0')}`);
    await schedule({ to, externalReference: 'pages' });
    const more = Array.from({ length: 1000 }, (_, n) => `+1555920${String(n).padStart(4, '0')}`);
    for (const n of [1, 2, 3]) {
      expect((await redcloud().send(`console-many-${n}`, { to: more, sendAt: iso(-1000) })).status).toBe(202);
    }
    await show('/scheduling');
    await page().getByText('Page 1, 50 shown').waitFor();
    await click('Next');
    await page()
      .getByText(/Page 2, \d+ shown/)
      .waitFor();
    await row('+15559100000').waitFor();
  }, 120_000);

  test('The keyboard cancels a message, and the focus returns to the list.', async () => {
    const { id, to } = await schedule();
    await show('/scheduling');
    const button = page().getByRole('button', { name: `Cancel the message to ${to}` });
    await button.focus();
    await page().keyboard.press('Enter');
    await page().getByRole('alertdialog').waitFor();
    await page().keyboard.press('Escape');
    await page().getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Cancel');
    await page().keyboard.press('Enter');
    await page().getByRole('alertdialog').waitFor();
    for (let n = 0; n < 4 && (await focused()) !== 'Cancel the message'; n += 1) await page().keyboard.press('Tab');
    await page().keyboard.press('Enter');
    await row(to).waitFor({ state: 'detached' });
    expect((await find(id)).error.code).toBe('CANCELED');
  });

  test('No dialog of scheduling and no option of the phone is wider than a phone.', async () => {
    const { to } = await schedule({ externalReference: 'a-long-reference-'.repeat(10) });
    await page().setViewportSize(PHONE);
    const width = () => page().evaluate('document.documentElement.scrollWidth');
    for (const path of ['/scheduling', '/scheduling?tab=quiet-hours', '/phone']) {
      await show(path);
      expect(await width(), path).toBeLessThanOrEqual(PHONE.width);
    }
    await page().getByText('Time, priority and quiet hours').click();
    await page()
      .getByLabel('Send at')
      .fill(await localIn(HOUR_MS));
    expect(await width()).toBeLessThanOrEqual(PHONE.width);
    await show('/scheduling');
    for (const name of [`Cancel the message to ${to}`, `Change time of the message to ${to}`]) {
      await click(name);
      const box = await page().locator('.dialog').boundingBox();
      expect((box?.x ?? -1) + (box?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
      await page().keyboard.press('Escape');
      await page().locator('.dialog').waitFor({ state: 'detached' });
    }
  });

  test('Quiet hours are changed, and errors of the API are next to their fields.', async () => {
    const stored = async () => (await redcloud().call('/api/core/quiet-hours')).json;
    await show('/scheduling');
    await page().getByRole('tab', { name: 'Quiet hours' }).click();
    const form = page().getByRole('region', { name: 'Quiet hours' });
    await form.getByLabel('Start').waitFor();
    expect(await form.getByLabel('Apply quiet hours to all sends').isChecked()).toBe(false);
    expect(await seriousViolations()).toEqual([]);
    await form.getByLabel('Apply quiet hours to all sends').check();
    await form.getByLabel('Start').fill('9 am');
    await click('Save');
    await form.getByText('“Start” must be a time from 00:00 to 23:59').waitFor();
    expect(await form.getByLabel('Start').getAttribute('aria-invalid')).toBe('true');
    await form.getByLabel('Start').fill('09:30');
    await form.getByLabel('End', { exact: true }).fill('25:00');
    await click('Save');
    await form.getByText('“End” must be a time from 00:00 to 24:00').waitFor();
    expect(await form.getByLabel('Start').getAttribute('aria-invalid')).toBe(null);
    await form.getByLabel('End', { exact: true }).fill('20:00');
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])
      await form.getByLabel(day).uncheck();
    await click('Save');
    await form
      .getByRole('group', { name: 'Weekdays' })
      .getByText('“Weekdays” must contain at least one weekday')
      .waitFor();
    expect(await seriousViolations()).toEqual([]);
    expect((await stored()).enabled).toBe(false);
    await form.getByLabel('Monday').focus();
    await page().keyboard.press('Space');
    await form.getByLabel('Friday').check();
    await form.getByLabel('End', { exact: true }).press('Enter');
    await page().getByText('Quiet hours saved').waitFor();
    expect(await stored()).toEqual({ enabled: true, start: '09:30', end: '20:00', days: ['MON', 'FRI'] });
    await show('/scheduling?tab=quiet-hours');
    expect(await form.getByLabel('End', { exact: true }).inputValue()).toBe('20:00');
    expect(await form.getByLabel('Tuesday').isChecked()).toBe(false);
    const body = { enabled: false };
    expect((await redcloud().call('/api/core/quiet-hours', { method: 'PUT', body })).status).toBe(200);
  });

  test('The page of a client shows its quiet hours to operators, who can change them.', async () => {
    const body = { enabled: true, start: '10:00', end: '18:00', days: ['TUE'] };
    await redcloud().call('/api/core/quiet-hours', { method: 'PUT', body });
    await show('/clients/rc_test_client_123');
    const form = page().getByRole('region', { name: 'Quiet hours' });
    expect(await form.getByLabel('Start').inputValue()).toBe('10:00');
    expect(await form.getByLabel('Tuesday').isChecked()).toBe(true);
    expect(await seriousViolations()).toEqual([]);
    await form.getByLabel('Apply quiet hours to all sends').uncheck();
    await form.getByLabel('Start').fill('18:00');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('“End” must differ from “Start”').waitFor();
    await form.getByLabel('Start').fill('11:00');
    await form.getByRole('button', { name: 'Save' }).click();
    await page().getByText('Quiet hours saved').waitFor();
    const { json } = await redcloud().call('/api/core/quiet-hours');
    expect(json).toEqual({ ...body, enabled: false, start: '11:00' });
  });

  test('The phone previews segments, encoding, characters that need UCS-2, carrier and time, and stores nothing.', async () => {
    const preview = page().getByRole('region', { name: 'Preview' });
    const requests: string[] = [];
    page().on('request', (request) => {
      if (request.method() === 'POST') requests.push(new URL(request.url()).pathname);
    });
    await show('/phone');
    await expect
      .poll(() => preview.innerText())
      .toMatch(/Segments\s+1 \(20 characters\)\s+Encoding\s+GSM-7\s+Carrier\s+simulator/);
    const before = requests.length;
    await page().getByLabel('Text', { exact: true }).press('End');
    await page().getByLabel('Text', { exact: true }).pressSequentially(' – “a” “b”');
    await expect.poll(() => preview.innerText()).toMatch(/1 \(30 characters\)\s+Encoding\s+UCS-2/);
    expect(await preview.innerText()).toMatch(/U\+2013 at 22[\s\S]*U\+201C at 24, 28/);
    // The preview is requested when the input pauses, and not for each key.
    expect(requests.length - before).toBeLessThan(10);
    expect(new Set(requests)).toEqual(new Set(['/api/core/messages/preview']));
    expect(await seriousViolations()).toEqual([]);
    await page().getByText('Time, priority and quiet hours').click();
    await page().getByLabel('Send at').fill('2020-01-01T08:00');
    await page().getByText('“Send at” is in the past').waitFor();
    await page().getByText('No preview. Correct the field above.').waitFor();
    const local = await localIn(20 * HOUR_MS);
    await page().getByLabel('Send at').fill(local);
    const at: string = await page().evaluate((text) => new Date(text).toISOString(), local);
    await preview.getByText(inUtc(at)).waitFor();
    await page().getByLabel('Time zone of the recipient').fill('Mars/Olympus');
    await page().getByText('“Time zone of the recipient” must be an IANA time zone').waitFor();
    expect(await page().getByLabel('Send at').isVisible()).toBe(true);
    expect(await seriousViolations()).toEqual([]);
  });

  test('The phone sends with a time, an expiry, a priority and quiet hours.', async () => {
    await show('/phone');
    await page().getByText('Time, priority and quiet hours').click();
    await page()
      .getByLabel('Send at')
      .fill(await localIn(20 * HOUR_MS));
    await page()
      .getByLabel('Expires')
      .fill(await localIn(30 * HOUR_MS));
    await page().getByLabel('Priority').selectOption('BULK');
    await page().getByLabel('Quiet hours').selectOption('ignore');
    await page().getByText('Time, priority and quiet hours (4 set)').waitFor();
    const sent = page().waitForRequest((request) => request.url().endsWith('/messages/send'));
    await click('Send through the API');
    expect((await sent).postDataJSON()).toMatchObject({ priority: 'BULK', respectQuietHours: false });
    await page().getByRole('link', { name: 'The message' }).click();
    await expect.poll(() => page().getByRole('region', { name: 'Details' }).innerText()).toMatch(/Priority\s+bulk/);
    const id = new URL(page().url()).pathname.split('/').at(-1) as string;
    const { sendAt, expiresAt, status } = await find(id);
    expect([status, Date.parse(expiresAt) - Date.parse(sendAt)]).toEqual(['QUEUED', 10 * HOUR_MS]);
  });

  test('Bulk sends are listed with their progress, lead to their messages, and are canceled after a question.', async () => {
    await show('/scheduling');
    await page().getByRole('tab', { name: 'Bulk sends' }).click();
    await page().getByText('No bulk sends').waitFor();
    expect(await seriousViolations()).toEqual([]);
    const body = { name: 'people.csv', rows: 5 };
    await redcloud().call('/api/core/bulk-sends/bulk_console', { method: 'PUT', body });
    const { id, to } = await schedule({ bulkSendId: 'bulk_console' });
    await schedule({ bulkSendId: 'bulk_console', sendAt: iso(0) });
    await vi.waitFor(
      async () => {
        const { json } = await redcloud().call('/api/core/bulk-sends/bulk_console');
        expect(json.messages.delivered).toBe(1);
      },
      { timeout: 20_000 },
    );
    await show('/scheduling');
    await page().getByRole('tab', { name: 'Bulk sends' }).click();
    const cells = () => row('people.csv').locator('td').allInnerTexts();
    // Columns: started, name, state, rows, waiting, sent, delivered, unknown, failed, canceled.
    await expect
      .poll(async () => (await cells()).slice(1, 10))
      .toEqual(['people.csv', 'running', '5', '1', '1', '1', '0', '0', '0']);
    expect(await seriousViolations()).toEqual([]);
    await page().getByRole('link', { name: 'people.csv' }).click();
    await row(to).waitFor();
    expect(await page().locator('.table tbody tr').count()).toBe(2);
    await page().goBack();
    await click('Cancel people.csv');
    expect(await seriousViolations()).toEqual([]);
    await confirm('Cancel the bulk send');
    await page().getByText('people.csv is canceled: 1 canceled, 1 too late.').waitFor();
    await expect
      .poll(async () => (await cells()).slice(2, 10))
      .toEqual(['canceled', '5', '0', '1', '1', '0', '0', '1']);
    expect((await find(id)).error.code).toBe('CANCELED');
  });
});
