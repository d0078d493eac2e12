// @module-tag slow
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, NO_CHROMIUM } from '../support/browser.ts';
import { ownDirectory } from '../support/directory.ts';
import { pagePerTest } from './pages.ts';

describe.skipIf(!CHROMIUM)(`Numbers without MMS in the console${CHROMIUM ? '' : ` (${NO_CHROMIUM})`}`, () => {
  const directory = ownDirectory('console-mms');
  const file = join(directory, 'carriers.json');
  // Nothing listens at the port, which no test needs.
  const carrier = { name: 'text-only', type: 'smpp', host: '127.0.0.1', port: 9, systemId: 'a', password: 'b' };
  beforeAll(() => writeFileSync(file, JSON.stringify({ carriers: [carrier] })));
  // Registered after the file is written, because the hook of the page starts Red Cloud.
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
