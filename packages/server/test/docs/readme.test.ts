import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OPERATOR, startRedCloud } from '../support/redcloud.ts';
import { shell } from '../support/shell.ts';

/**
 * Shell commands of a page in order, as pasted into one terminal.
 * @param languages languages of the blocks. Blocks with `bash` in the README are tested by own-app.test.ts.
 */
function commandsOf(page: string, languages = 'sh|bash'): string {
  const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`(?:${languages})\\n([\\s\\S]*?)\`\`\``, 'g'))]
    .map(([, block]) => block)
    .join('\necho\n');
}

test('The tour of the README works as pasted.', async () => {
  const redcloud = await startRedCloud();
  try {
    const output = await shell(commandsOf('README.md', 'sh'), { BASE_URL: redcloud.url });
    expect(output).toContain('"status":"QUEUED"');
    expect(output.toLowerCase()).toContain('idempotent-replayed: true');
    expect(output).toContain('"code":"INVALID_RECIPIENT"');
    expect(output).toContain('"apiClientId":"rc_test_client_123"');
    expect(output).toContain('"rateCenter":"PORTLAND"');
    expect(output).toContain('"code":"RECIPIENT_OPTED_OUT"');
  } finally {
    await redcloud.stop();
  }
});

/** Pages with commands, and what their output has. */
const PAGES: [page: string, expected: (string | RegExp)[]][] = [
  ['docs/sandbox.md', ['"messageId":"msg_', '"code":"RECIPIENT_OPTED_OUT"']],
  ['docs/opt-outs.md', ['"optIn":"Welcome back!"', '"note":"Ticket 4711"']],
  ['docs/webhooks.md', ['"deliveries":[', '"replays":[', '"nextCursor":"']],
  ['docs/pools.md', [/"poolId":"pool_\w{26}"/, '"numberIds":["num_abc123"]', '"status":"QUEUED"']],
  ['docs/scheduling.md', ['"status":"QUEUED"', '"canceled":1', '"encoding":"UCS2"', '"start":"08:00"']],
  ['docs/media.md', [/"storageKey":"storage_EKRqpfC6ywhqV7S3rBTRBeODel"/, /msg_\w{26}/]],
];

test.each(PAGES)('The commands of %s work as pasted in a checkout.', { tags: 'slow' }, async (page, expected) => {
  const redcloud = await startRedCloud();
  try {
    const env = { BASE_URL: redcloud.url, REDCLOUD_URL: redcloud.url, RC_ADMIN_TOKEN: OPERATOR };
    const output = await shell(commandsOf(page), env);
    for (const part of expected) expect(output).toMatch(part);
    const isRefusalMeant = page === 'docs/sandbox.md' || page === 'docs/scheduling.md';
    if (!isRefusalMeant) expect(output).not.toContain('"error":{');
  } finally {
    await redcloud.stop();
  }
});

test('No other page has commands that are not tested.', () => {
  const directory = new URL('../../../../docs/', import.meta.url);
  const pages = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const withCommands = pages.filter((page) => commandsOf(page) !== '');
  // operations.test.ts executes the commands of these pages.
  const others = ['docs/operations.md', 'docs/high-availability.md'];
  expect(withCommands.toSorted()).toEqual([...PAGES.map(([page]) => page), ...others].toSorted());
});
