// @module-tag slow
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { type Accepted, MockVendor, PUBLIC_URL } from '../carriers/mock-vendor.ts';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { ownDirectory } from '../support/directory.ts';
import { sendTo } from '../support/exchange.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Unconfirmed deliveries in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const directory = ownDirectory('console-unconfirmed');
  const file = join(directory, 'carriers.json');
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  let vendor: MockVendor;
  beforeAll(async () => {
    vendor = await MockVendor.start('telnyx');
    writeFileSync(file, JSON.stringify({ carriers: [vendor.settings()] }));
  });
  // Registered after the file is written, because the hook of the page starts Red Cloud.
  const { redcloud, page, show, seriousViolations } = pagePerTest({ env, overrides: { clock: systemClock } });
  afterAll(async () => {
    await vendor.stop();
  });

  test('The page of a message states that the carrier did not confirm the delivery.', async () => {
    const id = await sendTo(redcloud(), '+15551230001');
    await vi.waitFor(() => expect(vendor.accepted).toHaveLength(1), { timeout: 10_000 });
    expect(await vendor.report(redcloud().url, vendor.accepted[0] as Accepted, 'unconfirmed')).toBe(204);
    await show(`/messages/${id}`);
    const note = 'The carrier could not confirm the delivery (Telnyx delivery_unconfirmed).';
    await page().locator('.notice', { hasText: note }).waitFor();
    expect(await seriousViolations()).toEqual([]);
  });
});
