import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEYWORDS } from '#optouts/keywords.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { type Handset, handset } from '../support/handset.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
let receiver: Receiver;
let count = 0;

beforeAll(async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
});
afterAll(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const OPTED_OUT = {
  code: 'RECIPIENT_OPTED_OUT',
  message: 'Recipient has opted out of messages from this number',
  details: {},
};

function newHandset(): Handset {
  count += 1;
  return handset(redcloud, receiver, `+1555200${String(count).padStart(4, '0')}`);
}

async function send(to: string[], body: Record<string, unknown> = {}) {
  count += 1;
  return redcloud.send(`opt-outs ${count}`, { to, ...body });
}

async function standing(recipient: string) {
  const { json } = await redcloud.call(`/api/core/opt-outs?recipient=${encodeURIComponent(recipient)}`);
  return json.optOuts;
}

async function history(recipient: string): Promise<string[]> {
  const { json } = await redcloud.call(`/api/core/opt-outs/history?recipient=${encodeURIComponent(recipient)}`);
  return json.changes.map(({ change, keyword }: { change: string; keyword: string }) => `${change} ${keyword}`);
}

const ended = (id: string) => receiver.until(() => /delivery|failed/.test(receiver.typesOf(id).at(-1) ?? ''));

describe('Keywords from handsets', () => {
  test.each(KEYWORDS.OPT_OUT)('A handset that sends %s is opted out and notified.', async (keyword) => {
    const phone = newHandset();
    const written = await phone.write(` ${keyword.toLowerCase()}! `);
    expect(written.status).toBe(202);
    const refused = await send([phone.e164, '+15550000001', 'invalid']);
    expect([refused.status, refused.json.results.length]).toEqual([202, 1]);
    expect(refused.json.errors).toEqual([
      { to: phone.e164, error: OPTED_OUT },
      { to: 'invalid', error: expect.objectContaining({ code: 'INVALID_RECIPIENT' }) },
    ]);
    expect(await standing(phone.e164)).toEqual([expect.objectContaining({ origin: 'HANDSET', keyword })]);
    const [reply] = await phone.got(1);
    await ended(reply as string);
    expect(receiver.typesOf(reply as string)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    // The client receives the inbound message like any other.
    await receiver.until(() => receiver.typesOf(written.json.messageId).includes('message.inbound'));
  });

  test.each(KEYWORDS.OPT_IN)('A handset that sends %s is opted in again and notified.', async (keyword) => {
    const phone = newHandset();
    await phone.write('STOP');
    await phone.got(1);
    await phone.write(`"${keyword}"`);
    expect((await send([phone.e164])).json.errors).toEqual([]);
    await phone.got(3);
    expect(await history(phone.e164)).toEqual(['OPTED_OUT STOP', `OPTED_IN ${keyword}`]);
  });

  test.each(KEYWORDS.HELP)('A handset that sends %s always gets a reply, also after an opt-out.', async (keyword) => {
    const phone = newHandset();
    await phone.write(keyword);
    const [first] = await phone.got(1);
    await ended(first as string);
    await phone.write('STOP');
    await phone.got(2);
    await phone.write(keyword);
    for (const id of await phone.got(3)) {
      await ended(id);
      expect(receiver.typesOf(id)).toContain('message.delivery');
    }
    expect(await history(phone.e164)).toEqual(['OPTED_OUT STOP']);
  });

  test('A repeated STOP gets one reply, and a START without STOP gets none.', async () => {
    const phone = newHandset();
    await phone.write('START');
    await phone.write('STOP');
    await phone.write('STOP');
    await phone.write('QUIT');
    await phone.write('HELP');
    const replies = await phone.got(2);
    for (const id of replies) await ended(id);
    // The reply to the next change of the handset comes after all earlier replies.
    await phone.write('START');
    expect(await phone.got(3)).toHaveLength(3);
    expect(await history(phone.e164)).toEqual(['OPTED_OUT STOP', 'OPTED_IN START']);
  });

  test.each([
    ['stop. Stop! Thank you', 'STOP', 'STOP', 'OPT_OUT_REPLY'],
    ['Arrêt svp', 'ARRET', 'STOP', 'OPT_OUT_REPLY'],
    ['opt-out please', 'OPTOUT', 'STOP', 'OPT_OUT_REPLY'],
    ['Info, please', 'INFO', 'HELP', 'HELP_REPLY'],
  ])('%j is reported as %s of type %s, and each event of its reply has the purpose %s.', async (...all) => {
    const [text, keyword, optOutType, purpose] = all;
    const phone = newHandset();
    const { messageId } = (await phone.write(text)).json;
    const [reply] = (await phone.got(1)) as [string];
    await ended(reply);
    await receiver.until(() => receiver.typesOf(messageId).length > 0);
    const eventsOf = (id: string) =>
      receiver.deliveries.map(({ body }) => body).filter((body) => body.messageId === id);
    expect(eventsOf(messageId)).toMatchObject([{ type: 'message.inbound', keyword, optOutType }]);
    expect(eventsOf(messageId)[0]).not.toHaveProperty('purpose');
    expect(eventsOf(reply)).toMatchObject([{ purpose }, { purpose }, { purpose }]);
    for (const event of eventsOf(reply)) expect(event).not.toHaveProperty('keyword');

    const stream = (await redcloud.call('/api/core/events?limit=500')).json.events;
    for (const event of [...eventsOf(messageId), ...eventsOf(reply)]) expect(stream).toContainEqual(event);
    const messageOf = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;
    expect(await messageOf(messageId)).toMatchObject({ keyword, optOutType, purpose: null });
    expect(await messageOf(reply)).toMatchObject({ keyword: null, optOutType: null, purpose });
    const listed = (await redcloud.call(`/api/core/messages?from=${phone.e164}`)).json.messages;
    expect(listed).toMatchObject([{ messageId, keyword, optOutType }]);
  });

  test('START is reported as a keyword also without an opt-out and when it is repeated.', async () => {
    const phone = newHandset();
    const written = [
      await phone.write('START'),
      await phone.write('stop'),
      await phone.write('stop'),
      await phone.write('unstop'),
    ];
    const reported = async (messageId: string) => {
      const all = await receiver.until(() => receiver.typesOf(messageId).length > 0);
      const { keyword, optOutType } = all.find(({ body }) => body.messageId === messageId)?.body ?? {};
      return [keyword, optOutType];
    };
    expect(await Promise.all(written.map(({ json }) => reported(json.messageId)))).toEqual([
      ['START', 'START'],
      ['STOP', 'STOP'],
      ['STOP', 'STOP'],
      ['UNSTOP', 'START'],
    ]);
  });

  test.each(['Please stop by at noon', 'Cancel my 3 pm', 'STOP START'])(
    'The sentence "%s" has no effect and is not reported as a keyword.',
    async (text) => {
      const phone = newHandset();
      const { messageId } = (await phone.write(text)).json;
      expect(await standing(phone.e164)).toEqual([]);
      await receiver.until(() => receiver.typesOf(messageId).length > 0);
      const event = receiver.deliveries.find(({ body }) => body.messageId === messageId)?.body;
      for (const field of ['keyword', 'optOutType', 'purpose']) expect(event).not.toHaveProperty(field);
      const { json } = await redcloud.call(`/api/core/messages/${messageId}`);
      expect(json).toMatchObject({ keyword: null, optOutType: null, purpose: null });
    },
  );

  test('A message of the client has no purpose in its events.', async () => {
    const phone = newHandset();
    const { messageId } = (await send([phone.e164])).json.results[0];
    await ended(messageId);
    for (const { body } of receiver.deliveries.filter(({ body }) => body.messageId === messageId)) {
      expect(body).not.toHaveProperty('purpose');
    }
  });

  test('STOP in the text of an MMS opts out as well.', async () => {
    const phone = newHandset();
    await phone.write('Stop.', {
      media: [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 }],
    });
    expect(await standing(phone.e164)).toHaveLength(1);
  });

  test('STOP to a number without a client changes nothing.', async () => {
    const phone = newHandset();
    expect((await phone.write('STOP', { to: '+15035550100' })).status).toBe(202);
    expect(await standing(phone.e164)).toEqual([]);
  });
});

describe('Opt-outs', () => {
  test('An opt-out applies to one number of one client only.', async () => {
    const phone = newHandset();
    await phone.write('STOP');
    expect((await send([phone.e164])).json.errors).toHaveLength(1);
    expect((await send([phone.e164], { sendFrom: 'num_nomms' })).json.errors).toEqual([]);

    const other = newHandset();
    await other.write('STOP', { to: '+15551234571' });
    expect((await send([other.e164])).json.errors).toEqual([]);
    expect(await standing(other.e164)).toEqual([]);
  });

  test('An opt-out does not move with its number to another client, and applies again after its return.', async () => {
    const phone = newHandset();
    const imported = await redcloud.admin('POST', '/numbers', {
      numbers: [{ e164: '+15035550999', apiClientId: 'rc_test_client_123', campaignRegId: 'camp' }],
    });
    const [{ numberId }] = imported.json.imported;
    await phone.write('STOP', { to: '+15035550999' });
    const sendFrom = { sendFrom: numberId };
    expect((await send([phone.e164], sendFrom)).json.errors).toEqual([{ to: phone.e164, error: OPTED_OUT }]);
    // Wait for the reply before the number moves. The reply would be rejected otherwise.
    await phone.got(1);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { apiClientId: 'rc_test_client_other' });
    expect((await redcloud.call(`/api/core/opt-outs?numberId=${numberId}`)).status).toBe(404);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { apiClientId: 'rc_test_client_123', campaignRegId: 'camp' });
    expect((await send([phone.e164], sendFrom)).json.errors).toEqual([{ to: phone.e164, error: OPTED_OUT }]);
  });

  test('An opt-out does not change idempotent responses.', async () => {
    const phone = newHandset();
    const before = await redcloud.send('replayed', { to: [phone.e164] });
    await phone.write('STOP');
    const again = await redcloud.send('replayed', { to: [phone.e164] });
    expect([again.status, again.text]).toEqual([202, before.text]);
    const refused = await redcloud.send('refused', { to: [phone.e164, phone.e164] });
    expect(refused.json.results).toEqual([]);
    expect(refused.json.errors.map(({ error }: { error: { code: string } }) => error.code)).toEqual([
      'RECIPIENT_OPTED_OUT',
      'DUPLICATE_RECIPIENT',
    ]);
    await phone.write('START');
    expect((await redcloud.send('refused', { to: [phone.e164, phone.e164] })).text).toBe(refused.text);
  });

  test('An opt-out fails waiting messages to the recipient.', { tags: 'slow' }, async () => {
    const own = await startRedCloud({ overrides: { simulatorPace: 20 } });
    const inbox = await withReceiver(own);
    try {
      // The destination is throttled for the first ten seconds.
      const id = await sendTo(own, '+15550000004');
      await inbox.until(() => inbox.typesOf(id).includes('message.queued'));
      await handset(own, inbox, '+15550000004').write('STOP');
      own.clock.advance(15_000);
      await own.running.look();
      await inbox.until(() => inbox.typesOf(id).includes('message.failed'));
      expect(inbox.deliveries.find(({ body }) => body.type === 'message.failed')?.body).toMatchObject({
        messageId: id,
        status: 'FAILED',
        error: OPTED_OUT,
      });
      expect(inbox.typesOf(id)).toEqual(['message.queued', 'message.failed']);
    } finally {
      await own.stop();
      await inbox.stop();
    }
  });
});

describe('Automatic replies', () => {
  const change = (body: unknown) => redcloud.call('/api/core/auto-replies', { method: 'PATCH', body });

  test('A reply has the text of the client, and a reply that the client has switched off is not sent.', async () => {
    const phone = newHandset();
    await change({ optOut: 'x'.repeat(161), help: false });
    await phone.write('HELP');
    await phone.write('STOP');
    const [reply] = await phone.got(1);
    await ended(reply as string);
    expect(receiver.deliveries.find(({ body }) => body.messageId === reply)?.body.segments).toBe(2);
    await expect.poll(() => redcloud.logged()).toMatch(/"purpose":"HELP_REPLY"[^\n]*"end":"off"/);
    await change({ optOut: null, help: null });
  });

  test('A number that cannot send sends no reply, and the opt-out still applies.', async () => {
    const phone = newHandset();
    await phone.write('STOP', { to: '+15551234569' });
    const [{ numberId }] = await standing(phone.e164);
    expect(numberId).toBe('num_nocampaign');
    await expect.poll(() => redcloud.logged()).toMatch(/"auto_reply"[^\n]*"end":"refused","code":"INVALID_REQUEST"/);
    const metrics = (await redcloud.call('/metrics', { token: null })).text;
    expect(metrics).toMatch(/redcloud_auto_replies_total\{purpose="OPT_OUT_REPLY",outcome="refused"\} 1/);
    expect(metrics).toMatch(/redcloud_opt_out_changes_total\{change="OPTED_OUT",origin="HANDSET"\} \d+/);
  });

  test('The idempotency key of a reply cannot be used up by a client.', async () => {
    const phone = newHandset();
    const { messageId } = (await phone.write('HELP')).json;
    const [reply] = await phone.got(1);
    const own = await redcloud.send(`HELP_REPLY/${messageId}`, { to: [phone.e164] });
    expect([own.status, own.headers.get('idempotent-replayed')]).toEqual([202, null]);
    expect(own.json.results[0].messageId).not.toBe(reply);
  });
});

test('The log contains no texts of messages.', () => {
  expect(redcloud.logged()).not.toMatch(/stop by at noon|unsubscribed/i);
});
