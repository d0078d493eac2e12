import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SmscSimulator } from '#smsc/simulator.ts';
import { selfSigned } from '../support/certificate.ts';
import { leaks } from '../support/leaks.ts';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import { Receiver } from '../support/receiver.ts';
import { type TestStore, testStore, withoutStore } from '../support/store.ts';

const PASSWORD = 'Zq7-bind-password';
const OPERATOR = 'Zq7-operator-token';
const HOOK_KEY = 'Zq7-hook-key';
const OURS = '+15558887777';
const HANDSET = '+15557654321';

/** One text for each path that a text can take. A receipt quotes the first twenty characters. */
const TEXTS = {
  ...{ sent: 'Zq7-sent', long: 'Zq7-long', unicode: 'Zq7-unicode', rejected: 'Zq7-rejected' },
  ...{ throttled: 'Zq7-throttled', cut: 'Zq7-cut', later: 'Zq7-later', failed: 'Zq7-failed' },
  ...{ receipt: 'Zq7-receipt', garbage: 'Zq7-garbage', inbound: 'Zq7-inbound', parts: 'Zq7-parts' },
  ...{
    unassigned: 'Zq7-unassigned',
    unknownField: 'Zq7-unknown-field',
    noJson: 'Zq7-no-json',
    wrongType: 'Zq7-wrong-type',
  },
  ...{ path: 'Zq7-path', storeGone: 'Zq7-store-gone', key: 'Zq7-key', refused: 'Zq7-refused-bind', hook: 'Zq7-hook' },
};

let directory: string;
let store: TestStore;
let smsc: SmscSimulator;
let receiver: Receiver;
let running: RedCloudProcess[];
let secrets: Record<string, string>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-secrecy-'));
  running = [];
  secrets = { PASSWORD, OPERATOR, HOOK_KEY, ...TEXTS };
  store = await testStore();
  receiver = await Receiver.start();
  smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD, behaviour: { pace: 0.1 } });
});
afterEach(async () => {
  await Promise.all(running.map(({ child, kill }) => (child.exitCode === null ? kill() : undefined)));
  await smsc.stop();
  await receiver.stop();
  await store.drop();
  rmSync(directory, { recursive: true, force: true });
});

const carrier = (more: object = {}) => ({
  ...{ name: 'acme', type: 'smpp', host: '127.0.0.1', port: smsc.port, systemId: 'redcloud', responseSeconds: 1 },
  ...{ password: { env: 'ACME' }, ...more },
});

function environmentOf(carriers: string): Record<string, string> {
  const file = join(directory, `carriers-${Math.random()}.json`);
  writeFileSync(file, carriers);
  return {
    ...{ RC_CARRIERS: file, ACME: PASSWORD, RC_ADMIN_TOKEN: OPERATOR, RC_LOG_LEVEL: 'trace', RC_SANDBOX: 'false' },
    ...{ RC_WEBHOOK_RETRY_SCHEDULE: '0,0,0', RC_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', RC_OUTCOME_DEADLINE: '1' },
  };
}

/** Starts a separate process with log level trace, a client and a number. */
async function begin(settings: object = {}) {
  const process = await startProcess(store, environmentOf(JSON.stringify({ carriers: [carrier(settings)] })));
  running.push(process);
  const call = async (method: string, path: string, token: string, body: unknown, raw?: string) => {
    const response = await fetch(`${process.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `${Math.random()}`,
      },
      body: raw ?? JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: any response
    return { status: response.status, json: (await response.json()) as any };
  };
  const admin = async (path: string, body: object) => (await call('POST', `/api/admin${path}`, OPERATOR, body)).json;
  const { id: accountId } = await admin('/accounts', { name: 'A' });
  const url = `${receiver.url}?key=${HOOK_KEY}`;
  const { client, clientSecret, webhookSecret } = await admin('/clients', {
    ...{ accountId, name: 'C', deliveryWebhookUrl: url, inboundWebhookUrl: url },
  });
  const owned = { e164: OURS, apiClientId: client.id, campaignRegId: 'camp' };
  const { imported } = await admin('/numbers', { numbers: [owned] });
  const answer = await tokenFor(process.url, client.id, clientSecret);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  Object.assign(secrets, { clientSecret, webhookSecret, webhookKey: webhookSecret.replace('whsec_', ''), token });
  const message = (to: string, text: string) => ({
    sendFrom: imported[0].numberId,
    to: [to],
    messageType: 'SMS',
    text,
  });
  return {
    process,
    token,
    client,
    message,
    call,
    /** Resolves with the id of an accepted message. */
    async send(to: string, text: string): Promise<string> {
      const { json } = await call('POST', '/api/core/messages/send', token, message(to, text));
      return json.results[0].messageId;
    },
    /** Resolves when a line of the log contains all of these texts. */
    logged: (...parts: string[]) =>
      expect
        .poll(
          () =>
            process
              .output()
              .split('\n')
              .filter((line) => parts.every((part) => line.includes(part))),
          {
            ...{ timeout: 20_000, message: parts.join() },
          },
        )
        .not.toEqual([]),
  };
}

function tokenFor(url: string, id: string, secret: string): Promise<Response> {
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
  return fetch(`${url}/api/auth/token`, { method: 'POST', body: new URLSearchParams(form) });
}

const outcome = (name: string) => ['"event":"submit"', `"outcome":"${name}"`];

test('The log contains no text that is sent, received or rejected, and no secret.', { tags: 'slow' }, async () => {
  const { process, token, client, message, call, send, logged } = await begin();

  await send(HANDSET, TEXTS.sent);
  await logged(...outcome('accepted'), '"parts":1');
  const long = await send(HANDSET, `${TEXTS.long} `.repeat(40));
  await logged(...outcome('accepted'), long, '"part":2');
  const unicode = await send(HANDSET, `${TEXTS.unicode} 漢字 `.repeat(9));
  await logged(...outcome('accepted'), unicode, '"part":2');
  await send('+15550000002', TEXTS.rejected);
  await logged(...outcome('rejected'));
  const throttled = await send('+15550000004', TEXTS.throttled);
  await logged(...outcome('accepted'), throttled);
  const failed = await send('+15550000010', TEXTS.failed);
  await receiver.until(() => receiver.typesOf(failed).includes('message.failed'));
  await logged('"event":"webhook"', '"type":"message.failed"', failed);

  Object.assign(smsc.behaviour, { cutEvery: 1, withheld: 1 });
  const cut = await send(HANDSET, TEXTS.cut);
  await logged(...outcome('unknown'), cut);
  await logged('"event":"carrier_state"', '"state":"down"');
  Object.assign(smsc.behaviour, { cutEvery: 0, withheld: 0 });
  await logged('"event":"outcome_deadline"', cut);
  await expect.poll(() => smsc.links, { timeout: 10_000 }).toBe(1);

  const receipt = (text: string) => smsc.deliver({ esm_class: 4, short_message: Buffer.from(text) });
  await receipt(`id:4711 sub:001 dlvrd:001 stat:DELIVRD err:000 Text:${TEXTS.receipt}`);
  await receipt(`${TEXTS.garbage}\0\xff id: stat:${TEXTS.garbage} text:${TEXTS.garbage}`);
  smsc.writeRaw(
    Buffer.from(`0000002800000005000000000000ffff${Buffer.from(TEXTS.garbage).toString('hex')}`.padEnd(80, '0'), 'hex'),
  );
  // Receipts are not logged individually. The metrics count them.
  const metrics = await (await fetch(`${process.url}/metrics`)).text();
  const receipts = metrics.split('\n').filter((line) => line.startsWith('redcloud_receipts_total'));
  for (const state of ['DELIVERED', 'PENDING']) {
    expect(receipts.filter((line) => line.includes(state) && line.includes('"parked"'))).toHaveLength(1);
  }

  await smsc.write(HANDSET, OURS, TEXTS.inbound);
  await logged('"event":"inbound"', '"outcome":"new"');
  await smsc.write(HANDSET, '+15559990000', TEXTS.unassigned);
  await logged('"event":"inbound"', '"outcome":"unassigned"');
  for (const nth of [2, 1]) {
    await smsc.deliver({
      ...{ source_addr: '456', destination_addr: OURS.slice(1), dest_addr_ton: 1, esm_class: 0x40 },
      short_message: Buffer.concat([Buffer.of(5, 0, 3, 7, 2, nth), Buffer.from(TEXTS.parts)]),
    });
  }
  await receiver.until((all) => all.some(({ body }) => 'text' in body && body.text === TEXTS.parts.repeat(2)));

  receiver.answer = () => 500;
  const hook = await send(HANDSET, TEXTS.hook);
  await logged('"event":"webhook"', '"outcome":"GIVEN_UP"', hook);
  receiver.answer = () => 204;

  const path = '/api/core/messages/send';
  const refused = async (status: number, ...args: Parameters<typeof call>) => {
    const before = process.output().length;
    expect((await call(...args)).status).toBe(status);
    await expect.poll(() => process.output().slice(before)).toContain(`"status":${status}`);
  };
  const unknownField = { ...message(HANDSET, TEXTS.unknownField), [TEXTS.unknownField]: TEXTS.unknownField };
  await refused(400, 'POST', path, token, unknownField);
  await refused(400, 'POST', path, token, { ...message(HANDSET, ''), text: [TEXTS.wrongType] });
  await refused(400, 'POST', path, token, undefined, `{"text":"${TEXTS.noJson}" ${TEXTS.noJson}`);
  await refused(404, 'POST', `/${TEXTS.path}?text=${TEXTS.path}`, token, {});
  await refused(401, 'POST', path, `${token}x`, message(HANDSET, TEXTS.key));
  await refused(401, 'POST', '/api/admin/accounts', `${OPERATOR}x`, { name: TEXTS.key });
  expect((await tokenFor(process.url, client.id, `${secrets['clientSecret']}x`)).status).toBe(401);
  await logged('"code":"invalid_client"');

  if (store.databaseUrl)
    await withoutStore(store.databaseUrl, async () => {
      await refused(502, 'POST', path, token, message(HANDSET, TEXTS.storeGone));
      await logged('"event":"request_failed"', '"code":"UPSTREAM_ERROR"');
    });

  const sent = async () => (await call('POST', path, token, message(HANDSET, TEXTS.sent))).status;
  await expect.poll(sent, { timeout: 10_000 }).toBe(202);

  await process.terminate();
  await logged('"event":"stopped"');
  expect(leaks(process.output(), secrets)).toEqual([]);
});

test('The log contains no text when the carrier rejects a segment temporarily.', { tags: 'slow' }, async () => {
  const { process, send, logged } = await begin({ statusMap: { '0x0000000b': 'temporary' } });
  const id = await send('+15550000002', TEXTS.later);
  await logged(...outcome('rejected'), id, '"attempt":2');
  await process.terminate();
  expect(leaks(process.output(), secrets)).toEqual([]);
});

test('The log contains no password when the carrier rejects it or its certificate is not trusted.', {
  tags: 'slow',
}, async () => {
  secrets['WRONG'] = 'Zq7-wrong-password';
  const refused = await begin({ password: secrets['WRONG'] });
  await refused.send(HANDSET, TEXTS.refused);
  await refused.logged('"event":"carrier_state"', '"state":"misconfigured"', 'ESME_RINVPASWD');
  await refused.process.terminate();

  await smsc.stop();
  const tls = selfSigned('IP:127.0.0.1');
  smsc = await SmscSimulator.start({ tls });
  await store.drop();
  store = await testStore();
  const untrusted = await begin({ tls: true });
  await untrusted.logged('"event":"carrier_state"', '"state":"down"', 'self-signed');
  await untrusted.process.terminate();
  expect(leaks(refused.process.output() + untrusted.process.output(), { ...secrets, key: tls.key })).toEqual([]);
});

/** @returns the error of a start that fails. */
async function refusal(env: Record<string, string>): Promise<string> {
  try {
    running.push(await startProcess(store, env));
    return 'it started';
  } catch (error) {
    return (error as Error).message;
  }
}

const whole = (more: object) => JSON.stringify({ carriers: [{ ...carrierWithPassword, ...more }] });
const carrierWithPassword = { name: 'acme', type: 'smpp', host: 'h', port: 1, systemId: 'us', password: PASSWORD };

test.each<[string, string]>([
  ['no JSON at its end', whole({}).slice(0, -3)],
  ['no JSON at the password', whole({}).replace(`"${PASSWORD}"`, PASSWORD)],
  ['no JSON behind the password', whole({}).replace(`"${PASSWORD}"`, `"${PASSWORD}" x`)],
  ['a line break in the password', whole({}).replace(PASSWORD, `${PASSWORD}\n`)],
  ['nothing but the password', JSON.stringify(PASSWORD)],
  ['a list', `[${whole({})}]`],
  ['a carrier that is the password', JSON.stringify({ carriers: [PASSWORD] })],
  ['the password as the default', JSON.stringify({ carriers: [carrierWithPassword], default: PASSWORD })],
  ['a password that is too long', whole({ password: PASSWORD.repeat(5) })],
  ['a password in a list', whole({ password: [PASSWORD] })],
  ['a password in an object', whole({ password: { text: PASSWORD } })],
  ['the password where a number belongs', whole({ port: PASSWORD })],
  ['the password where one of a few belongs', whole({ bindMode: PASSWORD })],
  ['the password as the system id', whole({ systemId: PASSWORD.repeat(2) })],
  ['another field that is wrong', whole({ window: 0 })],
])('The error about carrier settings with %s does not contain the password.', { tags: 'slow' }, async (_, carriers) => {
  const message = await refusal(environmentOf(carriers));
  expect(message).toMatch(/ended with 78 before it listened: [\s\S]*RC_CARRIERS: .+\.json: ./);
  expect(leaks(message, secrets)).toEqual([]);
});

const SECRET_KEY = { RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };

test.each<[string, Record<string, string>]>([
  ['RC_ADMIN_TOKEN', { RC_ADMIN_TOKEN: 'Zq7-env secret-token' }],
  ['RC_WEBHOOK_PROXY', { RC_WEBHOOK_PROXY: 'socks5://us:Zq7-env@proxy.internal:1080' }],
  ['RC_SECRET_KEY', { DATABASE_URL: 'postgres://127.0.0.1/x', RC_SECRET_KEY: 'Zq7-env' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://us:Zq7-env@127.0.0.1/x', ...SECRET_KEY }],
  ['ECONNREFUSED', { DATABASE_URL: 'postgres://us:Zq7-env@127.0.0.1:1/x', ...SECRET_KEY }],
])('The error that names %s does not contain the secret of the environment.', { tags: 'slow' }, async (what, env) => {
  const message = await refusal({ ...environmentOf(whole({})), ...env });
  expect(message).toContain(what);
  expect(leaks(message, { ...secrets, env: 'Zq7-env' })).toEqual([]);
});

test('The leak detector finds a text in every encoding.', () => {
  const text = 'Zq7-sent';
  const utf16 = Buffer.from(`say ${text}!`, 'utf16le');
  for (const output of [
    ...[`{"text":"${text}"}`, encodeURIComponent(`é${text}`), Buffer.from(text).toString('hex').toUpperCase()],
    ...['', 'x', 'xx', 'xxx'].map((before) => Buffer.from(`${before}${text} and more`).toString('base64')),
    ...[utf16, Buffer.from(utf16).swap16()].flatMap((bytes) => [bytes.toString('hex'), bytes.toString('base64url')]),
    JSON.stringify(Buffer.from(text)),
  ]) {
    expect(leaks(output, { text })).toEqual(['text']);
  }
  expect(leaks('Zq7-sen t', { text })).toEqual([]);
});
