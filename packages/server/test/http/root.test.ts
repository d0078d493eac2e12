import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const root = (headers: Record<string, string>, method = 'GET') =>
  fetch(`${redcloud.url}/`, { method, headers, redirect: 'manual' });

test('A browser is redirected from the root to the console.', async () => {
  const response = await root({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/console/']);
  expect(response.headers.get('vary')).toBe('accept');
});

test('Another client gets links from the root, and each of them works.', async () => {
  const response = await root({ accept: '*/*' });
  expect(response.status).toBe(200);
  const { name, version, ...links } = (await response.json()) as Record<string, string>;
  expect([name, version]).toEqual(['Red Cloud', expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  expect(Object.keys(links)).toEqual(['console', 'docs', 'openapi']);
  for (const link of Object.values(links)) expect((await fetch(redcloud.url + link)).status).toBe(200);
});

test('The root allows no other method.', async () => {
  expect((await root({}, 'POST')).status).toBe(405);
});
