import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startRedCloud } from '../support/redcloud.ts';
import { shell } from '../support/shell.ts';

/** Code blocks of the tour in order, as pasted into one terminal. */
function tour(): string {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\necho\n');
}

test('The tour of the README works as pasted.', async () => {
  const redcloud = await startRedCloud();
  try {
    const output = await shell(tour(), { BASE_URL: redcloud.url });
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
