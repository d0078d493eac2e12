import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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
