// @module-tag slow
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { InboundMessage, Submission } from '#carriers/carrier.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { foreignCarrier, HANDSET, listening, OURS, settingsOf } from './foreign.ts';
import { describeIf, freePort } from './program.ts';

const DRIVE_SMPP = '/usr/lib/kannel/test/drive_smpp';
/** Port on which drive_smpp expects Kannel's bearerbox. drive_smpp panics if no process listens there. */
const BEARERBOX_PORT = 13_001;
const HAS_DRIVE_SMPP = existsSync(DRIVE_SMPP);

const { begin, stop, startProgram, program } = foreignCarrier();

/**
 * drive_smpp is the SMSC simulator of Kannel's own tests.
 *
 * - Binds: drive_smpp accepts transmitters and receivers, and does not respond to a bind_transceiver.
 * - Submits: the responses have no message id, and no receipts follow. `message.sent` is therefore the last status
 *   under test.
 * - Inbound messages: drive_smpp sends them from 456 to 123 as soon as a receiver is bound, each followed by an
 *   enquire_link. drive_smpp ignores a rejection. The first messages are therefore lost if they arrive with the
 *   response to the bind (see foreign-pdus.test.ts).
 * - End: after a session, drive_smpp prints its counters and exits.
 * - Errors: drive_smpp logs them as WARNING, ERROR or PANIC.
 */
describeIf(HAS_DRIVE_SMPP, 'needs kannel-extras', "Kannel's drive_smpp", () => {
  let bearerbox: Server;
  beforeEach(async () => {
    bearerbox = createServer((socket) => socket.on('error', () => undefined).resume());
    // Another run of these tests may use the port for a while.
    await vi.waitFor(() => listening(bearerbox, BEARERBOX_PORT), 30_000);
  });
  afterEach(() => {
    bearerbox.close();
  });

  const TWO_SESSIONS = { bindMode: 'transmitter+receiver', enquireLinkSeconds: 0.2 };
  const complaints = () => program()?.lines.filter((line) => /WARNING|ERROR|PANIC/.test(line));
  const times = (text: string) => program()?.lines.filter((line) => line.endsWith(text)).length;

  async function drive(messages: number): Promise<number> {
    const port = await freePort();
    const started = startProgram(DRIVE_SMPP, ['-v', '0', '-p', String(port), '-m', String(messages)]);
    await started.until((line) => line.includes('Started thread'));
    return port;
  }

  test('Each accepted message is submitted exactly once, and each inbound message is received.', async () => {
    const { redcloud: sender, receiver: hook } = await begin(await drive(100), TWO_SESSIONS);
    const to = Array.from({ length: 300 }, (_, i) => `+1555${4_000_000 + i}`);
    const { json } = await sender.send('many', { to, text: 'Café' });
    const ids: string[] = json.results.map(({ messageId }: { messageId: string }) => messageId);
    await hook.until((all) => all.filter(({ body }) => body.type === 'message.sent').length >= ids.length);
    for (const id of ids) expect(hook.typesOf(id).toSorted()).toEqual(['message.queued', 'message.sent']);
    await program()?.until((line) => line.endsWith('of type enquire_link'));
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${sender.url}/metrics`)).text();
      expect(metrics).toMatch(/^redcloud_inbound_total\{carrier="acme",outcome="unassigned"\} 100$/m);
    }, 10_000);

    await stop();
    expect(await program()?.end()).toBe(0);
    expect(times('Number of messages sent to SMSC: 300')).toBe(1);
    expect(times('Number of messages sent to ESME: 100')).toBe(1);
    expect(times('of type deliver_sm_resp')).toBe(100);
    expect(times('of type enquire_link_resp')).toBe(100);
    expect(times('of type unbind')).toBeGreaterThanOrEqual(1);
    expect(complaints()).toEqual([]);
  });

  test('Each inbound message is decoded correctly.', async () => {
    const settings = settingsOf(await drive(50), TWO_SESSIONS);
    const inbound: InboundMessage[] = [];
    const smpp = new Smpp({ settings });
    await smpp.start({
      onReport: async () => null,
      onInbound: async (_carrier, message) => void inbound.push(message),
    });
    await vi.waitFor(() => expect(inbound).toHaveLength(50), 10_000);
    expect(inbound.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)));
    expect(new Set(inbound.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(['456 123']));
    await smpp.stop();
    expect(await program()?.end()).toBe(0);
    expect(complaints()).toEqual([]);
  });

  test('A transceiver bind without a response leaves the carrier down, and submits return unreachable.', async () => {
    const smpp = new Smpp({ settings: settingsOf(await drive(1), { responseSeconds: 0.5 }) });
    await smpp.start({ onReport: async () => null, onInbound: async () => undefined });
    // The first attempt to connect may precede the start of the listener.
    await program()?.until((line) => line.endsWith('ERROR: Unhandled SMPP PDU.'));
    expect(smpp.state()).toBe('down');
    expect(await smpp.submit(submission)).toMatchObject({ outcome: 'unreachable' });
    await smpp.stop();
    expect(await program()?.end()).toBe(0);
  });
});

const submission: Submission = {
  ...{ reference: 'msg_FOREIGN/1', attempt: 1, from: OURS, to: HANDSET, text: 'Hello', segments: 1, part: 1, parts: 1 },
  ...{ messageType: 'SMS', encoding: 'GSM7', latin1: true, campaignId: null, validSeconds: null, media: null },
};
