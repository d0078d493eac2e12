import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { hostsOf } from './connection.ts';
import { Primary } from './primary.ts';

/** Servers that end each connection at once, and count them. */
let servers: Server[];
let connections: number;
beforeEach(async () => {
  connections = 0;
  servers = [];
  for (let n = 0; n < 2; n += 1) {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
  }
});
afterEach(() => {
  for (const server of servers) server.close();
});

const urlOf = (which: readonly Server[]) =>
  `postgres://user:secret@${which.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)}/db`;

test('Many requests without a primary ask each host once in a while, and get the reasons of all hosts.', async () => {
  const primary = new Primary(hostsOf(urlOf(servers)), createLog('silent'));
  const asked = () => Promise.allSettled(Array.from({ length: 100 }, () => primary.locate()));
  const startedAt = performance.now();
  const results = [...(await asked()), ...(await asked())];
  expect(connections).toBeLessThanOrEqual(2 * (1 + Math.ceil((performance.now() - startedAt) / 200)));
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: '57P03' } });
    expect(String((result as PromiseRejectedResult).reason)).toMatch(
      /no host accepts writes: 127.*does not respond.*, 127.*does not respond/,
    );
    expect(String((result as PromiseRejectedResult).reason)).not.toContain('secret');
  }
  await expect
    .poll(async () => {
      await asked();
      return connections;
    })
    .toBeGreaterThan(2);
  await primary.stop();
});

test('A host without a free connection is named with the code of PostgreSQL, which has advice of its own.', async () => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, 4 + fields.length]);
  const full = createServer((socket) => socket.once('data', () => socket.end(Buffer.concat([head, fields]))));
  servers.push(full.listen(0, '127.0.0.1'));
  await once(full, 'listening');
  const primary = new Primary(hostsOf(urlOf([servers[0] as Server, full])), createLog('silent'));
  await expect(primary.locate()).rejects.toMatchObject({
    code: '53300',
    message: expect.stringContaining('too many clients'),
  });
  await primary.stop();
});

test('A single host is used without a question about its role.', async () => {
  const primary = new Primary(hostsOf(urlOf(servers.slice(0, 1))), createLog('silent'));
  primary.watch();
  const host = await primary.locate();
  primary.lost(host);
  expect(await primary.locate()).toBe(host);
  expect(connections).toBe(0);
  await primary.stop();
});
