import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Path of an installed Chromium. The tests do not install one, because it is larger than all other dependencies
 * together.
 */
export const CHROMIUM = PLACES.find((path) => path !== '' && existsSync(path));

export const NO_CHROMIUM = 'skipped: no Chromium here (apt install chromium, or CHROMIUM=/path/to/it)';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM as string,
    // In a container, the sandbox of Chromium needs privileges that a test must not have. Chromium opens only pages of
    // the test.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** @returns violations that axe reports as serious or critical on a page, each with its element. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${page.url()} ${id}: ${html.slice(0, 200)}`));
}
