import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import type { PhoneNumber } from '#numbers/numbers.ts';
import { createLog } from '#platform/log.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { ownStore } from '../../../test/support/own-store.ts';
import { createWebhookMetrics } from '../metrics.ts';
import { identityOfText } from './destinations.ts';
import { createTrim, expireEndpoints } from './expire-endpoints.ts';
import { Health } from './health.ts';

const DAY_MS = 86_400_000;
const db = ownStore();

let clock: TestClock;
let health: Health;
/** URLs that are set for the client and for its number. */
let set: { deliveryUrl: string | null; override: string | null };

const webhookSecrets = {
  settings: async () => ({ deliveryUrl: set.deliveryUrl, inboundUrl: null, secrets: undefined }),
};
const numbers = {
  assignedTo: async () => [{ webhookDeliveryOverride: set.override, webhookInboundOverride: null } as PhoneNumber],
};

beforeEach(async () => {
  await db().query('truncate webhook_endpoints', []);
  clock = new TestClock();
  set = { deliveryUrl: null, override: null };
  const trim = createTrim({ db: db(), webhookSecrets, numbers });
  health = new Health({
    db: db(),
    clock,
    log: createLog('silent'),
    metrics: createWebhookMetrics(new Registry()),
    trim,
  });
});

const attempted = (url: string, statusCode = 204, client = 'client_1') =>
  health.attempted(client, identityOfText(url), statusCode === 204, statusCode);
const urls = async (client = 'client_1') => (await health.states(client)).map(({ url }) => url);
const expire = () => expireEndpoints({ db: db(), webhookSecrets, numbers, clock }).run();

const SPELLINGS = [
  'https://example.com/hook',
  'HTTPS://Example.COM:443/hook',
  'https://example.com/a/../hook',
  'https://ex%61mple.com/hook#fragment',
  'https://example.com/hook?',
];

test.each(SPELLINGS)('An endpoint is the same in every spelling of its URL (%s).', async (spelling) => {
  for (const url of SPELLINGS) await attempted(url, 410);
  expect(await health.states('client_1')).toMatchObject([{ url: 'https://example.com/hook', failures: 5 }]);
  expect(await health.enable('client_1', spelling)).toBe(true);
  expect(await health.enable('client_1', spelling)).toBe(false);
  expect([...(await health.disabled('client_1'))]).toEqual([]);
});

test('Another query, path, port or scheme is another endpoint.', async () => {
  const others = ['https://example.com/hook?a', 'https://example.com/hook/', 'https://example.com:444/hook'];
  for (const url of [...others, 'http://example.com/hook', 'https://example.com/hook']) await attempted(url, 410);
  expect(await health.enable('client_1', 'https://example.com/hook')).toBe(true);
  expect((await health.disabled('client_1')).size).toBe(4);
});

test('An endpoint that an earlier version disabled under the text of its URL stays disabled until it is enabled.', async () => {
  await db().query(
    `insert into webhook_endpoints (api_client_id, url, failures, disabled_at, disabled_because)
     values ('client_1', 'https://Example.com', 1, now(), 'The endpoint responded 410 Gone')`,
    [],
  );
  expect([...(await health.disabled('client_1'))]).toEqual(['https://example.com/']);
  expect(await health.enable('client_1', 'https://example.com/')).toBe(true);
  expect((await health.disabled('client_1')).size).toBe(0);
});

test('The states of the 200 most recently used URLs of a client are kept, and other clients are unaffected.', async () => {
  await attempted('https://example.com/', 204, 'client_2');
  // States as an earlier version left them.
  await db().query(
    `insert into webhook_endpoints (api_client_id, url, succeeded_at, failed_at, failures)
     select 'client_1', 'https://example.com/' || n, case when n % 2 = 0 then at end, case when n % 2 = 1 then at end, n % 2
     from (select n, $1::timestamptz - interval '1 hour' + n * interval '1 s' as at from generate_series(0, 258) as n) as used`,
    [new Date(clock.now())],
  );
  await attempted('https://example.com/259');
  const kept = Array.from({ length: 200 }, (_, i) => `https://example.com/${i + 60}`);
  expect(new Set(await urls())).toEqual(new Set(kept));
  expect(await urls('client_2')).toEqual(['https://example.com/']);
});

test('URLs that are tried concurrently count towards the limit of 200.', async () => {
  await Promise.all(Array.from({ length: 300 }, (_, i) => attempted(`https://example.com/${i}`, 500)));
  expect(await urls()).toHaveLength(200);
});

test('A disabled endpoint is kept while its URL is set, however many others are used later, and removed otherwise.', async () => {
  await attempted('https://example.com/client', 410);
  await attempted('https://example.com/number', 410);
  await attempted('https://example.com/former', 410);
  set = { deliveryUrl: 'https://EXAMPLE.com/client', override: 'https://example.com/number' };
  clock.advance(1_000);
  await Promise.all(Array.from({ length: 200 }, (_, i) => attempted(`https://example.com/${i}`)));
  const kept = await urls();
  expect(kept).toHaveLength(202);
  expect(kept).toContain('https://example.com/client');
  expect(kept).toContain('https://example.com/number');
});

test('The state of an unset URL is removed 30 days after its last attempt.', async () => {
  await attempted('https://example.com/set', 410);
  await attempted('https://example.com/idle', 410);
  await attempted('https://example.com/failed', 500);
  set.deliveryUrl = 'https://example.com/set';
  clock.advance(29 * DAY_MS);
  expect(await expire()).toBe(0);
  await attempted('https://example.com/used');
  clock.advance(2 * DAY_MS);
  expect(await expire()).toBe(2);
  expect(await urls()).toEqual(['https://example.com/set', 'https://example.com/used']);
});
