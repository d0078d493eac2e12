import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { Behaviour } from '#smsc/behaviour.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { type Options, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const PASSWORD = 'never-in-a-log';
const TEXT = 'nor this text';
/**
 * Number of messages of the longer runs, limited to about one minute. The embedded store has one connection for all.
 */
const MANY = Number(process.env['SMPP_MESSAGES'] ?? (inject('template').databaseUrl ? 4_000 : 1_000));

let directory: string;
let smsc: SmscSimulator;
let options: Options;
let redcloud: TestRedCloud;
let receiver: Receiver;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-smpp-'));
  smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD, behaviour: { pace: 0.1 } });
});
afterEach(async () => {
  await redcloud?.stop();
  await receiver?.stop();
  await smsc.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function begin(
  settings: Record<string, unknown> = {},
  env: Record<string, string> = {},
  overrides: Options['overrides'] = { clock: systemClock },
): Promise<void> {
  const file = join(directory, 'carriers.json');
  const carrier = { name: 'acme', type: 'smpp', host: '127.0.0.1', port: smsc.port, systemId: 'redcloud' };
  writeFileSync(file, JSON.stringify({ carriers: [{ ...carrier, password: { env: 'ACME' }, ...settings }] }));
  options = { env: { RC_CARRIERS: file, ACME: PASSWORD, ...env }, overrides };
  redcloud = await startRedCloud(options);
  receiver = await withReceiver(redcloud);
}

const behave = (behaviour: Partial<Behaviour>) => Object.assign(smsc.behaviour, behaviour);

/** Retries with the same key while a busy machine rejects the request. */
async function sendUntilAccepted(key: string, request: { to: string[]; text: string }): Promise<string[]> {
  for (;;) {
    const { status, json } = await redcloud.send(key, request);
    if (status === 202) return json.results.map(({ messageId }: { messageId: string }) => messageId);
    expect([status, json.error.code]).toEqual([429, 'RATE_LIMITED']);
    await delay(100);
  }
}

/** Sends `each` messages to each of the handsets, one after the other. @returns their ids. */
async function sendMany(handsets: number, each = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let nth = 1; nth <= each; nth += 1) {
    for (let from = 0; from < handsets; from += 500) {
      const to = Array.from({ length: Math.min(500, handsets - from) }, (_, i) => `+1555${3_000_000 + from + i}`);
      ids.push(...(await sendUntilAccepted(`many-${from}-${nth}`, { to, text: `${TEXT} ${nth}` })));
    }
  }
  return ids;
}

/** Resolves with the final status or error code of each message, when all are final. */
async function ends(ids: readonly string[]): Promise<Map<string, string>> {
  const wanted = new Set(ids);
  const last = new Map<string, string>();
  let read = 0;
  await receiver.until((deliveries) => {
    for (const { body } of deliveries.slice(read)) {
      const final = body.type === 'message.delivery' || body.type === 'message.failed';
      if (final && wanted.has(body.messageId)) last.set(body.messageId, body.error?.code ?? body.status);
    }
    read = deliveries.length;
    return last.size === ids.length;
  });
  return last;
}

/** Texts at the carrier by handset, in order of arrival. */
function taken(): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const { to, text } of smsc.taken) texts.set(to, [...(texts.get(to) ?? []), text]);
  return texts;
}

describe('SMPP carriers', () => {
  test('A message is submitted and reported, and the reply of the handset is received.', async () => {
    await begin({ campaignTlv: '0x1400' });
    const ready = await redcloud.call('/health/ready', { token: null });
    expect(ready.json.carriers).toEqual([{ name: 'acme', state: 'up' }]);
    const id = await sendTo(redcloud, '+15550000009', { text: TEXT });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    const [inbound] = (await receiver.until((all) => all.some(({ body }) => body.type === 'message.inbound'))).filter(
      ({ body }) => body.type === 'message.inbound',
    );
    expect(inbound?.body).toMatchObject({ from: '+15550000009', to: '+15551234567', text: 'Thank you, got it.' });
    const { pdu } = smsc.taken[0] as (typeof smsc.taken)[0];
    expect(String(pdu['5120'])).toMatch(/./);
    expect(redcloud.logged()).not.toContain(PASSWORD);
    expect(redcloud.logged()).not.toContain(TEXT);
    expect(await (await fetch(`${redcloud.url}/metrics`)).text()).toContain(
      'redcloud_carrier_link{carrier="acme",state="up"} 1',
    );
  });

  test('A long message is submitted in segments, which have one outcome.', { tags: 'slow' }, async () => {
    await begin();
    const text = `${'漢'.repeat(67)}${'字'.repeat(60)}😀 end`;
    const id = await sendTo(redcloud, '+15557654321', { text });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    expect(smsc.taken.map(({ text: part }) => part).join('')).toBe(text);
    expect(smsc.taken.map(({ part }) => [part?.part, part?.parts])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test.each([
    { answerIds: 'decimal24', receiptIds: 'decimal' },
    { answerIds: 'hex8', receiptIds: 'HEX' },
    { answerIds: 'HEX', receiptIds: 'decimal10' },
    { answerIds: 'decimal', receiptIds: 'hex' },
  ] as const)(
    'Each message is delivered with ids as $answerIds in responses and $receiptIds in receipts.',
    { tags: 'slow' },
    async (ids) => {
      behave(ids);
      await begin();
      const to = Array.from({ length: 50 }, (_, i) => `+1555${4_000_000 + i}`);
      expect([...(await ends(await sendUntilAccepted('spelled', { to, text: TEXT }))).values()]).toEqual(
        to.map(() => 'DELIVERED'),
      );
    },
  );

  test('A message is delivered if the carrier assigns one id to all of its segments.', { tags: 'slow' }, async () => {
    behave({ idsOf: 'message' });
    await begin();
    const id = await sendTo(redcloud, '+15557654321', { text: 'x'.repeat(400) });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(new Set(smsc.taken.map((taken) => taken.id)).size).toBe(1);
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  });

  test('A message is delivered after 30 s if the carrier sends one receipt for all of its segments.', {
    tags: 'slow',
  }, async () => {
    behave({ receiptsOf: 'message' });
    await begin({}, {}, {});
    const id = await sendTo(redcloud, '+15557654321', { text: 'x'.repeat(400) });
    const receipts = async () =>
      /redcloud_receipts_total\{.*\} 1/.test(await (await fetch(`${redcloud.url}/metrics`)).text());
    await expect.poll(receipts).toBe(true);
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent']);
    redcloud.clock.advance(31_000);
    await redcloud.running.look();
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  });

  test('With message_payload a long message is sent in one submit, and its one receipt is the outcome.', {
    tags: 'slow',
  }, async () => {
    await begin({ longMessages: 'message_payload', pace: { perNumber: 1_000 } });
    const text = 'All of it. '.repeat(40);
    const id = await sendTo(redcloud, '+15557654321', { text });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    expect(smsc.taken.map((taken) => [taken.text, taken.part])).toEqual([[text, undefined]]);
    // The number of segments is the same as at acceptance.
    expect(receiver.deliveries.map(({ body }) => body.segments)).toEqual([3, 3, 3]);
  });

  test('With message_payload a late response completes the whole message.', {
    tags: 'slow',
  }, async () => {
    behave({ latencyMs: 600 });
    await begin({ longMessages: 'message_payload', responseSeconds: 0.3 });
    const id = await sendTo(redcloud, '+15557654321', { text: 'x'.repeat(400) });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(smsc.taken).toHaveLength(1);
  });

  test('A header of seven octets makes segments smaller, and a message can have more than were counted.', {
    tags: 'slow',
  }, async () => {
    await begin({ longMessages: 'udh16' });
    const id = await sendTo(redcloud, '+15557654321', { text: 'x'.repeat(306) });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    expect(smsc.taken.map(({ text: part }) => part.length)).toEqual([152, 152, 2]);
  });

  test('Throttled segments do not delay a stop, are released, and are submitted after the next start.', {
    tags: 'slow',
  }, async () => {
    behave({ throttleEvery: 1 });
    await begin();
    const id = await sendTo(redcloud, '+15557654321', { text: 'x'.repeat(200) });
    await expect.poll(() => smsc.submits).toBeGreaterThan(0);
    const stopping = performance.now();
    await redcloud.running.stop();
    // Less than the maximum, RC_STOP_SECONDS.
    expect(performance.now() - stopping).toBeLessThan(10_000);
    behave({ throttleEvery: 0 });
    redcloud = await startRedCloud({ ...options, store: redcloud.store });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    expect(smsc.taken).toHaveLength(2);
  });

  test('A session with a window of one continues after each enquire_link.', { tags: 'slow' }, async () => {
    await begin({ window: 1, enquireLinkSeconds: 0.1 });
    for (let i = 0; i < 20; i += 1) {
      const id = await sendTo(redcloud, `+1555765${1_000 + i}`);
      await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    }
  });

  test('Without GSM-7 at the carrier, a text outside Latin-1 is sent in UCS-2, one submit for each segment.', {
    tags: 'slow',
  }, async () => {
    await begin({ defaultAlphabet: 'latin1' });
    const id = await sendTo(redcloud, '+15557654321', { text: `€${'q'.repeat(150)}` });
    await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
    expect(smsc.taken.map(({ text }) => text.length)).toEqual([67, 67, 17]);
  });

  test.each([
    ['hex', 'decimal'],
    ['decimal', 'hex8'],
  ] as const)(
    'Ids in %s and receipts in %s match, also before the response and with duplicate receipts.',
    { tags: 'slow' },
    async (answerIds, receiptIds) => {
      behave({ answerIds, receiptIds });
      await begin();
      for (const to of ['+15550000005', '+15550000008', '+15557654321']) {
        const id = await sendTo(redcloud, to, { text: 'x'.repeat(200) });
        await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
        expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
      }
    },
  );

  test('A STOP opts out the number in E.164 for every number format of the carrier.', { tags: 'slow' }, async () => {
    await begin({ countryCode: '1' });
    for (const [ton, from, to, recipient] of [
      [2, '15550104321', '15551234567', '+15550104321'],
      [2, '5550104322', '5551234567', '+15550104322'],
      [1, '0015550104323', '115551234567', '+15550104323'],
      [0, '5550104324', '5551234567', '+15550104324'],
    ]) {
      await smsc.deliver({
        ...{ source_addr_ton: ton, source_addr_npi: 1, source_addr: from },
        ...{ dest_addr_ton: ton, dest_addr_npi: 1, destination_addr: to },
        short_message: Buffer.from('STOP'),
      });
      const { json } = await redcloud.send(`after STOP from ${from}`, { to: [recipient] });
      expect(json.errors).toMatchObject([{ to: recipient, error: { code: 'RECIPIENT_OPTED_OUT' } }]);
    }
  });

  test('A rejected password is reported as misconfigured, and no message is lost.', async () => {
    await begin({ password: 'wrong' });
    const ready = await redcloud.call('/health/ready', { token: null });
    expect(ready.json.carriers).toEqual([{ name: 'acme', state: 'misconfigured' }]);
    expect(redcloud.logged()).toContain('ESME_RINVPASWD');
    expect((await redcloud.send('kept')).status).toBe(202);
  });

  test('Invalid carrier settings are rejected at the start with the path of the field.', async () => {
    await expect(begin({ window: 0 })).rejects.toThrow(
      /^RC_CARRIERS: .*carriers\.json: carriers\[0\]\.window must be >= 1\.$/,
    );
  });
});

describe('Faulty SMPP carriers', { tags: 'slow' }, () => {
  test(`Disconnects with withheld responses lose or duplicate none of ${MANY} messages.`, async () => {
    behave({ cutEvery: 200, withheld: 10 });
    await begin({ responseSeconds: 2 }, { RC_OUTCOME_DEADLINE: '10' });
    const ids = await sendMany(MANY);
    const last = await ends(ids);
    const count = (outcome: string) => [...last.values()].filter((one) => one === outcome).length;
    expect(count('DELIVERED') + count('OUTCOME_UNKNOWN')).toBe(MANY);
    expect([...taken().values()].filter(({ length }) => length > 1)).toEqual([]);
    // Only submits in progress during a disconnect are unknown, at most one window for each disconnect.
    const never = MANY - taken().size;
    expect(count('OUTCOME_UNKNOWN')).toBeGreaterThanOrEqual(never);
    expect(count('OUTCOME_UNKNOWN')).toBeLessThanOrEqual(32 * Math.ceil(smsc.submits / 200));
  });

  test.each([
    ['every 20th submit', MANY, { throttleEvery: 20 }],
    ['what is beyond 30/s', 200, { allowedPerSecond: 30 }],
  ] as const)(
    'With throttling of %s, all %d messages are delivered soon, in order, at their first attempt.',
    async (_, many, behaviour) => {
      behave(behaviour);
      await begin();
      const each = 20;
      const ids = await sendMany(many / each, each);
      const last = await ends(ids);
      expect(new Set(last.values())).toEqual(new Set(['DELIVERED']));
      const inOrder = Array.from({ length: each }, (_, i) => `${TEXT} ${i + 1}`);
      expect([...taken()].filter(([, texts]) => texts.join() !== inOrder.join())).toEqual([]);
      const attempts = [...redcloud.logged().matchAll(/"event":"submit".*?"attempt":(\d+)/g)].map(([, n]) => n);
      expect(attempts).toHaveLength(many);
      expect(new Set(attempts)).toEqual(new Set(['1']));
      expect(smsc.throttled).toBeGreaterThan(0);
      const seconds = ((smsc.taken.at(-1)?.at ?? 0) - (smsc.taken[0]?.at ?? 0)) / 1_000;
      // The limit is low for slow machines. A link that is throttled down sends 3/s.
      expect(many / seconds).toBeGreaterThanOrEqual(2 * 3);
    },
  );
});
