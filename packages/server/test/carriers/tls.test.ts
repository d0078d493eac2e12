import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { LinkState, Submission } from '#carriers/carrier.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { selfSigned } from '../support/certificate.ts';
import { runCheck } from '../support/check-carrier.ts';
import { testDirectory } from '../support/directory.ts';
import { smppSettings } from '../support/smpp-settings.ts';

const PASSWORD = 'never-in-clear';
const NAME = 'smpp.acme.example';

let smsc: SmscSimulator | undefined;
let carrier: Smpp | undefined;
afterEach(async () => {
  await carrier?.stop();
  await smsc?.stop();
  smsc = carrier = undefined;
});

/** @returns every state that the carrier reported during its start, with the reason. */
async function bind(port: number, tls: unknown): Promise<[LinkState, string | undefined][]> {
  const settings = { name: 'acme', type: 'smpp', host: '127.0.0.1', port, systemId: 'redcloud', password: PASSWORD };
  carrier = new Smpp({ settings: smppSettings({ ...settings, tls }) });
  const states: [LinkState, string | undefined][] = [];
  await carrier.start({
    onReport: async () => null,
    onInbound: async () => undefined,
    onState: (_, state, reason) => states.push([state, reason]),
  });
  return states;
}

async function startCentre(...names: string[]) {
  const tls = selfSigned(...names);
  smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD, tls });
  return { port: smsc.port, ca: tls.cert };
}

const part: Submission = {
  ...{
    reference: 'msg_TLS/1',
    attempt: 1,
    from: '+15551234567',
    to: '+15557654321',
    text: 'Over TLS',
    segments: 1,
    part: 1,
    parts: 1,
  },
  ...{ messageType: 'SMS', encoding: 'GSM7', latin1: true, campaignId: null, validSeconds: null, media: null },
};

test('A certificate that matches `ca` and `servername` is trusted, and segments are submitted.', async () => {
  const { port, ca } = await startCentre(`DNS:${NAME}`);
  expect(await bind(port, { ca, servername: NAME })).toEqual([['up', undefined]]);
  expect(await carrier?.submit(part)).toMatchObject({ outcome: 'accepted' });
  expect(smsc?.taken.map(({ text }) => text)).toEqual(['Over TLS']);
});

test('Without a `servername` the certificate must match the host, which may be an IP address.', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const { port, ca } = await startCentre('IP:127.0.0.1');
  expect(await bind(port, { ca })).toEqual([['up', undefined]]);
  expect(warned.mock.calls).toEqual([]);
});

test.each<[string, (ca: string) => unknown, RegExp]>([
  ['signed by an unknown authority', () => true, /^self-signed certificate/],
  [
    'signed by somebody else',
    () => ({ ca: selfSigned(`DNS:${NAME}`).cert, servername: NAME }),
    /self-signed certificate/,
  ],
  ['of another name', (ca) => ({ ca, servername: 'smpp.other.example' }), /does not match certificate's altnames/],
  ['of a name, not of the host’s address', (ca) => ({ ca }), /does not match certificate's altnames/],
])('A certificate %s is rejected with a reason, and nothing is sent.', async (_, tls, reason) => {
  const { port, ca } = await startCentre(`DNS:${NAME}`);
  expect(await bind(port, tls(ca))).toEqual([['down', expect.stringMatching(reason)]]);
  expect(await carrier?.submit(part)).toEqual({ outcome: 'unreachable', reason: expect.stringMatching(reason) });
  expect(smsc).toMatchObject({ links: 0, submits: 0 });
});

test('`rejectUnauthorized: false` trusts any certificate.', async () => {
  const { port } = await startCentre(`DNS:${NAME}`);
  expect(await bind(port, { rejectUnauthorized: false })).toEqual([['up', undefined]]);
});

test('With `tls` nothing is sent in clear text, not even to a peer without TLS.', async () => {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        heard.push(chunk);
        // Behaves like an SMSC without TLS, which responds to unreadable data in SMPP.
        socket.write(Buffer.from('00000010800000000000000300000001', 'hex'));
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [[state, reason] = []] = await bind((server.address() as AddressInfo).port, true);
  expect([state, reason]).toEqual(['down', expect.stringMatching(/./)]);
  const all = Buffer.concat(heard);
  expect(all[0]).toBe(22); // A TLS handshake (RFC 8446, §5.1).
  expect(all.toString('latin1')).not.toMatch(new RegExp(`${PASSWORD}|redcloud`));
  await carrier?.stop();
  server.close();
});

test('redcloud-smsc accepts TLS with a key and a certificate, and the check of the carrier connects to it.', {
  tags: 'slow',
  timeout: 60_000,
}, async () => {
  const directory = testDirectory('smsc');
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const { key, cert } = selfSigned(`DNS:${NAME}`);
  const tls = ['--tls-key', file('key.pem', key), '--tls-cert', file('cert.pem', cert)];
  const smsc = spawn(process.execPath, ['packages/server/bin/smsc.mjs', '--port', '0', ...tls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = await once(smsc.stdout, 'data');
    const port = Number(/:(\d+)/.exec(String(said))?.[1]);
    const one = { name: 'acme', type: 'smpp', host: '127.0.0.1', port, systemId: 'x', password: { env: 'ACME' } };
    const carriers = file(
      'carriers.json',
      JSON.stringify({ carriers: [{ ...one, tls: { ca: cert, servername: NAME } }] }),
    );
    const found = await runCheck(['acme'], { RC_CARRIERS: carriers, ACME: 'secret' });
    expect([found.status, found.stdout]).toEqual([0, expect.stringContaining('TLS on')]);
    expect(await runCheck(['acme'], { RC_CARRIERS: carriers })).toMatchObject({
      status: 78,
      stderr: `RC_CARRIERS: ${carriers}: carriers[0].password is read from ACME, which is not set.\n`,
    });
  } finally {
    smsc.kill();
  }
});
