import { createSocket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createNames, dnsResponds } from './names.ts';
import type { Resolve } from './targets.ts';

const FOUND: LookupAddress[] = [{ address: '203.0.113.1', family: 4 }];
const isLive = (name: string) => !name.startsWith('dead');

/** System resolver that holds each lookup of a name with silent DNS servers until the test ends it. */
function scripted() {
  const held: { name: string; end: () => void }[] = [];
  const system: Resolve = (name, _options, callback) => {
    if (isLive(name)) callback(null, FOUND);
    else held.push({ name, end: () => callback(new Error(`EAI_AGAIN ${name}`), []) });
  };
  const responds = vi.fn(async (name: string) => isLive(name));
  const resolve = createNames({ system, responds });
  const ask = (name: string) =>
    new Promise<string>((done) => {
      resolve(name, { all: true }, (error, addresses) => done(error ? error.message : (addresses[0]?.address ?? '')));
    });
  return { held, responds, ask };
}

test('Names with silent DNS servers are looked up one by one, and other names do not wait.', async () => {
  const { held, ask } = scripted();
  const dead = Array.from({ length: 20 }, (_, i) => ask(`dead${i}.example`));
  expect(await ask('live.example')).toBe('203.0.113.1');
  for (let i = 0; i < dead.length; i += 1) {
    await vi.waitFor(() => expect(held).toHaveLength(i + 1));
    held[i]?.end();
    expect(await dead[i]).toBe(`EAI_AGAIN dead${i}.example`);
  }
});

test('A waiting name with silent DNS servers is not looked up if its connection has ended.', async () => {
  const { held, ask } = scripted();
  const now = vi.spyOn(performance, 'now');
  onTestFinished(() => now.mockRestore());
  now.mockReturnValue(0);
  const [first, second] = [ask('dead1.example'), ask('dead2.example')];
  await vi.waitFor(() => expect(held).toHaveLength(1));
  now.mockReturnValue(5_000);
  held[0]?.end();
  expect([await first, await second]).toEqual(['EAI_AGAIN dead1.example', 'no response of the DNS: dead2.example']);
  expect(held).toHaveLength(1);
});

test('The DNS is not queried again for a recently resolved name, nor for names without a dot.', async () => {
  const { responds, ask } = scripted();
  for (const name of ['live.example', 'live.example', 'localhost', 'receiver']) await ask(name);
  expect(responds.mock.calls).toEqual([['live.example']]);
});

test('A silent DNS server does not count as one that responds.', async () => {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const refusing = createSocket('udp4').bind(0, '127.0.0.1');
  await once(refusing, 'listening');
  // NXDOMAIN: the query's id, the flags of a response with status 3, and the question.
  refusing.on('message', (query, { port }) => {
    const response = Buffer.from(query);
    response.writeUInt16BE(0x8183, 2);
    refusing.send(response, port, '127.0.0.1');
  });
  onTestFinished(() => {
    silent.close();
    refusing.close();
  });
  const by = (server: typeof silent) => dnsResponds([`127.0.0.1:${server.address().port}`])('hook.example');
  expect(await Promise.all([by(silent), by(refusing)])).toEqual([false, true]);
});
