// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Numbers without MMS in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-console-mms-'));
  const file = join(directory, 'carriers.json');
  // Nothing listens at the port, which no test needs.
  const carrier = { name: 'text-only', type: 'smpp', host: '127.0.0.1', port: 9, systemId: 'a', password: 'b' };
  writeFileSync(file, JSON.stringify({ carriers: [carrier] }));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const { page, show, seriousViolations } = pagePerTest({ env: { RC_CARRIERS: file } });

  test.each(['/numbers', '/clients/rc_test_client_123'])('The page %s names the numbers and the fix.', async (path) => {
    await show(path);
    const notice = page().locator('.notice', { hasText: 'the carrier of the number does not support MMS' });
    expect(await notice.innerText()).toMatch(
      /\+15551234567[\s\S]*Set the carrier of the number to one that supports MMS/,
    );
    const row = page().getByRole('row', { name: /num_abc123/ });
    expect(await row.innerText()).toContain('SMS, no MMS (carrier does not support MMS)');
    expect(
      await page()
        .getByRole('row', { name: /num_nomms/ })
        .innerText(),
    ).not.toContain('MMS (carrier');
    expect(await seriousViolations()).toEqual([]);
  });
});
