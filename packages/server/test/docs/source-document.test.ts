import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { shell } from '../support/shell.ts';

/** The source document is next to the project during development. A clone does not contain the document. */
const DOCUMENT = new URL('../../../../../shared/spec/sending-messages.txt', import.meta.url);
const there = existsSync(DOCUMENT);

/** Every curl command of the document, unchanged. */
function commands(): string[] {
  const text = readFileSync(DOCUMENT, 'utf8');
  return [...text.matchAll(/^curl [\s\S]*?^\}'$/gm)].map(([command]) => command);
}

describe.skipIf(!there)('The source document [needs ../shared/spec/sending-messages.txt]', () => {
  let redcloud: TestRedCloud;
  let receiver: Receiver;

  beforeAll(async () => {
    redcloud = await startRedCloud();
    receiver = await withReceiver(redcloud);
  });
  afterAll(async () => {
    await redcloud.stop();
    await receiver.stop();
  });

  test('The document has a send example for SMS and one for MMS.', () => {
    expect(commands()).toHaveLength(2);
  });

  test.each(there ? commands().map((command, i) => [i + 1, command] as const) : [])(
    'The curl command %i, unchanged except for BASE_URL, returns the documented response and delivers.',
    async (_n, command) => {
      const answer = JSON.parse(await shell(command, { BASE_URL: redcloud.url }));
      expect(answer).toEqual({
        results: [{ to: '+15551234567', messageId: expect.stringMatching(/^msg_/), status: 'QUEUED' }],
        errors: [],
      });
      const { messageId } = answer.results[0];
      await receiver.until(() => receiver.typesOf(messageId).includes('message.delivery'));
      expect(receiver.typesOf(messageId)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
      // Repeat the command, as described in the section on idempotency.
      expect(JSON.parse(await shell(command, { BASE_URL: redcloud.url }))).toEqual(answer);
    },
  );

  test('Partial success and a request error have the documented responses.', async () => {
    const { json } = await redcloud.send('partial', { to: ['+15551234567', 'invalid'] });
    expect(json.results).toHaveLength(1);
    expect(json.errors).toEqual([
      {
        to: 'invalid',
        error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
      },
    ]);
    const refused = await redcloud.call('/api/core/messages/send', {
      method: 'POST',
      headers: { 'x-request-id': 'req_send_001' },
      body: { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'x' },
    });
    expect(refused.json).toEqual({
      error: { code: 'INVALID_REQUEST', message: 'Idempotency-Key header is required', details: {} },
      requestId: 'req_send_001',
    });
  });
});

test('The token, whoami and numbers calls of the contract work with curl, by both token methods.', async () => {
  const redcloud = await startRedCloud();
  try {
    const env = { BASE_URL: redcloud.url };
    const basic = JSON.parse(
      await shell(
        'curl -sS -u rc_test_client_123:rc_secret_abc123 "$BASE_URL/api/auth/token" -d grant_type=client_credentials',
        env,
      ),
    );
    const body = JSON.parse(
      await shell(
        'curl -sS "$BASE_URL/api/auth/token" -d grant_type=client_credentials -d client_id=rc_test_client_123 -d client_secret=rc_secret_abc123',
        env,
      ),
    );
    for (const { access_token, token_type, expires_in } of [basic, body]) {
      expect([token_type, expires_in]).toEqual(['bearer', 3600]);
      const headers = `-H "Authorization: Bearer ${access_token}"`;
      const who = JSON.parse(await shell(`curl -sS "$BASE_URL/api/core/whoami" ${headers}`, env));
      expect(who).toMatchObject({ apiClientId: 'rc_test_client_123', apiClientStatus: 'ACTIVE' });
      const { numbers } = JSON.parse(await shell(`curl -sS "$BASE_URL/api/core/numbers" ${headers}`, env));
      expect(numbers[0]).toMatchObject({ numberId: 'num_abc123', e164: '+15551234567', status: 'ACTIVE' });
    }
  } finally {
    await redcloud.stop();
  }
});
