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

/** A Chromium that is installed here; none is brought along, since it is larger than everything else together. */
export const CHROMIUM = PLACES.find((path) => path !== '' && existsSync(path));

export const NO_CHROMIUM = 'skipped: no Chromium here (apt install chromium, or CHROMIUM=/path/to/it)';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM as string,
    // In a container its own sandbox needs rights that nobody should give it; it opens nothing but our own pages.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** @returns what axe finds serious or worse on a page, with the element it is about. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${page.url()} ${id}: ${html.slice(0, 200)}`));
}
