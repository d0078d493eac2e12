// @module-tag slow
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InboundMessage, Submission } from '#carriers/carrier.ts';
import { readCarriers } from '#carriers/settings.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { systemClock } from '#platform/clock.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { Capture, HEADS } from './capture.ts';
import { describeIf, freePort, Program, runs } from './program.ts';

const PERL_CENTRE = new URL('net-smpp-smsc.pl', import.meta.url).pathname;
const DRIVE_SMPP = '/usr/lib/kannel/test/drive_smpp';
/** Port on which drive_smpp expects Kannel's bearerbox. drive_smpp panics if no process listens there. */
const BEARERBOX_PORT = 13_001;

const HAS_NET_SMPP = runs('perl', ['-MNet::SMPP', '-MJSON::PP', '-e', '1']);
const NO_NET_SMPP = 'needs Perl and libnet-smpp-perl';
const HAS_DRIVE_SMPP = existsSync(DRIVE_SMPP);
const CAN_CAPTURE = runs('tshark', ['--version']) && runs('dumpcap', ['-D'], 'lo');
const NO_CAPTURE = 'needs tshark, and the right to capture on lo';

const PASSWORD = 'secret';
const OURS = '+15551234567';
const HANDSET = '+15557654321';
const REPLYING = '+15550000009';
const UNDELIVERABLE = '+15550000010';
/** One segment has space for 153 of these characters. */
const LONG = `${'The é and the € cost 1 and 2. '.repeat(11)}The end.`;
const ESME_ROK = 0;
/** Campaign of the sandbox's number. */
const CAMPAIGN = 'camp_abc123';
/** A day, an hour, a minute and a second. */
const VALIDITY = 90_061;

let directory: string;
let redcloud: TestRedCloud | undefined;
let receiver: Receiver | undefined;
let program: Program | undefined;
let capture: Capture | undefined;
let smsc: SmscSimulator | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-foreign-'));
});
afterEach(async () => {
  await redcloud?.stop();
  await receiver?.stop();
  await smsc?.stop();
  await capture?.stop();
  if (program?.running) await program.end('SIGKILL');
  redcloud = receiver = smsc = capture = program = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const carrier = (port: number, settings: Record<string, unknown> = {}) => ({
  carriers: [
    { name: 'acme', type: 'smpp', host: '127.0.0.1', port, systemId: 'redcloud', password: PASSWORD, ...settings },
  ],
});

/** Starts Red Cloud with one carrier, and waits until the carrier is up. */
async function begin(port: number, settings: Record<string, unknown> = {}) {
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify(carrier(port, settings)));
  const started = await startRedCloud({ env: { RC_CARRIERS: file }, overrides: { clock: systemClock } });
  redcloud = started;
  receiver = await withReceiver(started);
  await vi.waitFor(async () => expect(await stateOf(started)).toEqual([{ name: 'acme', state: 'up' }]), 20_000);
  return { redcloud: started, receiver };
}

async function stateOf(of: TestRedCloud): Promise<unknown> {
  return (await of.call('/health/ready', { token: null })).json.carriers;
}

async function stop(): Promise<void> {
  await redcloud?.stop();
  redcloud = undefined;
}

/** A line of output of the SMSC simulator in Perl. See net-smpp-smsc.pl. */
interface Said {
  event: string;
  [field: string]: unknown;
}

const said = (line: string): Said => JSON.parse(line);
const everything = (event: string): Said[] => (program?.lines ?? []).map(said).filter((one) => one.event === event);

/** @returns the port. */
async function startPerlCentre(password = PASSWORD): Promise<number> {
  const digits = [REPLYING, UNDELIVERABLE].map((number) => number.slice(1));
  program = new Program('perl', [PERL_CENTRE, '0', 'redcloud', password, ...digits]);
  return said(await program.until((line) => said(line).event === 'listening'))['port'] as number;
}

/** Sends one message of each kind and waits until all reach their final status. @returns their ids. */
async function exchange(of: TestRedCloud, at: Receiver) {
  const gsm7 = await sendTo(of, HANDSET, { text: 'Café for 2 €' });
  const ucs2 = await sendTo(of, HANDSET, { text: 'Привет 👋' });
  const long = await sendTo(of, HANDSET, { text: LONG });
  const answered = await sendTo(of, REPLYING, { text: 'Anybody there?' });
  const failed = await sendTo(of, UNDELIVERABLE, { text: 'Never there' });
  await at.until((all) => {
    const delivered = [gsm7, ucs2, long, answered].every((id) => at.typesOf(id).includes('message.delivery'));
    const inbound = all.some(({ body }) => body.type === 'message.inbound');
    return delivered && inbound && at.typesOf(failed).includes('message.failed');
  });
  return { gsm7, ucs2, long, answered, failed };
}

describeIf(HAS_NET_SMPP, NO_NET_SMPP, "SMSC on Perl's Net::SMPP", () => {
  test('Binds, submits, receipts, inbound messages and unbind work.', async () => {
    const port = await startPerlCentre();
    const { redcloud: sender, receiver: hook } = await begin(port, { enquireLinkSeconds: 0.2 });
    expect(everything('bind')).toEqual([
      { event: 'bind', as: 'bind_transceiver', system_id: 'redcloud', version: 0x34 },
    ]);

    const { gsm7, ucs2, long, answered, failed } = await exchange(sender, hook);
    for (const id of [gsm7, ucs2, long, answered]) {
      expect(hook.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    }
    expect(hook.typesOf(failed)).toEqual(['message.queued', 'message.sent', 'message.failed']);
    const failure = hook.deliveries.find(({ body }) => body.type === 'message.failed');
    expect(failure?.body).toMatchObject({
      error: { code: 'UNDELIVERABLE', details: { carrierStatus: 'UNDELIV', carrierCode: '027' } },
    });
    const inbound = hook.deliveries.filter(({ body }) => body.type === 'message.inbound');
    expect(inbound.map(({ body }) => body)).toMatchObject([{ from: REPLYING, to: OURS, text: 'Café for 2 €' }]);

    await program?.until((line) => said(line).event === 'enquire_link');
    await stop();
    await program?.until((line) => said(line).event === 'closed');
    // Before the unbind, every request of the simulator got a response: seven receipts, one message and one
    // enquire_link.
    expect(everything('deliver_sm_resp').map(({ status }) => status)).toEqual(Array(8).fill(ESME_ROK));
    expect(everything('enquire_link_resp')).toEqual([{ event: 'enquire_link_resp', status: ESME_ROK }]);
    expect(everything('closed')).toEqual([{ event: 'closed', why: 'unbound' }]);
    expect(everything('unknown')).toEqual([]);
    expect(await program?.end()).toBe(0);
  });

  test('Texts and addresses are encoded as in the specifications.', async () => {
    const port = await startPerlCentre();
    const { redcloud: sender, receiver: hook } = await begin(port);
    await exchange(sender, hook);
    const submits = everything('submit');
    expect(submits).toHaveLength(7);
    for (const submit of submits) {
      expect(submit).toMatchObject({
        source_addr: OURS.slice(1),
        source_addr_ton: 1,
        source_addr_npi: 1,
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        registered_delivery: 1,
        validity_period: '',
      });
    }
    const [gsm7, ucs2, ...parts] = submits.filter(({ destination_addr }) => destination_addr === HANDSET.slice(1));
    // TS 23.038: é is 0x05, € is 0x65 behind the escape.
    expect(gsm7).toMatchObject({ data_coding: 0, esm_class: 0, data: hex('Caf\x05 for 2 \x1be') });
    expect(ucs2).toMatchObject({ data_coding: 8, esm_class: 0, data: '041f04400438043204350442' + '0020d83ddc4b' });
    expect(parts.map(({ esm_class, data_coding }) => [esm_class, data_coding])).toEqual(Array(3).fill([0x40, 0]));
    const bytes = parts.map(({ data }) => Buffer.from(data as string, 'hex'));
    const group = bytes[0]?.[3] as number;
    expect(bytes.map((one) => one.subarray(0, 6))).toEqual([1, 2, 3].map((n) => Buffer.of(5, 0, 3, group, 3, n)));
    expect(bytes.every(({ length }) => length <= 6 + 153)).toBe(true);
    const joined = Buffer.concat(bytes.map((one) => one.subarray(6))).toString('latin1');
    expect(joined.replaceAll('\x05', 'é').replaceAll('\x1be', '€')).toBe(LONG);
  });

  test('A rejected password sets the state of the link to misconfigured.', async () => {
    const port = await startPerlCentre('another');
    const smpp = new Smpp({ settings: settingsOf(port) });
    await smpp.start({ onReport: async () => null, onInbound: async () => undefined });
    expect(smpp.state()).toBe('misconfigured');
    await smpp.stop();
  });
});

/**
 * drive_smpp is the SMSC simulator of Kannel's own tests.
 *
 * - Binds: drive_smpp accepts transmitters and receivers, and does not answer a bind_transceiver.
 * - Submits: the responses have no message id, and no receipts follow. `message.sent` is therefore the last status
 *   under test.
 * - Inbound messages: drive_smpp sends them from 456 to 123 as soon as a receiver is bound, each followed by an
 *   enquire_link. drive_smpp ignores a rejection. The first messages are therefore lost if they arrive with the
 *   response to the bind (see the last tests of this file).
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
  const complaints = () => program?.lines.filter((line) => /WARNING|ERROR|PANIC/.test(line));
  const times = (text: string) => program?.lines.filter((line) => line.endsWith(text)).length;

  async function drive(messages: number): Promise<number> {
    const port = await freePort();
    program = new Program(DRIVE_SMPP, ['-v', '0', '-p', String(port), '-m', String(messages)]);
    await program.until((line) => line.includes('Started thread'));
    return port;
  }

  test('Each accepted message is submitted exactly once, and each inbound message is received.', async () => {
    const { redcloud: sender, receiver: hook } = await begin(await drive(100), TWO_SESSIONS);
    const to = Array.from({ length: 300 }, (_, i) => `+1555${4_000_000 + i}`);
    const { json } = await sender.send('many', { to, text: 'Café' });
    const ids: string[] = json.results.map(({ messageId }: { messageId: string }) => messageId);
    await hook.until((all) => all.filter(({ body }) => body.type === 'message.sent').length >= ids.length);
    for (const id of ids) expect(hook.typesOf(id).toSorted()).toEqual(['message.queued', 'message.sent']);
    await program?.until((line) => line.endsWith('of type enquire_link'));
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`${sender.url}/metrics`)).text();
      expect(metrics).toMatch(/^redcloud_inbound_total\{carrier="acme",outcome="nobody"\} 100$/m);
    }, 10_000);

    await stop();
    expect(await program?.end()).toBe(0);
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
    expect(await program?.end()).toBe(0);
    expect(complaints()).toEqual([]);
  });

  test('A transceiver bind without a response leaves the carrier down, and submits return unreachable.', async () => {
    const smpp = new Smpp({ settings: settingsOf(await drive(1), { responseSeconds: 0.5 }) });
    await smpp.start({ onReport: async () => null, onInbound: async () => undefined });
    // The first attempt to connect may precede the start of the listener.
    await program?.until((line) => line.endsWith('ERROR: Unhandled SMPP PDU.'));
    expect(smpp.state()).toBe('down');
    expect(await smpp.submit(submission)).toMatchObject({ outcome: 'unreachable' });
    await smpp.stop();
    expect(await program?.end()).toBe(0);
  });
});

describeIf(CAN_CAPTURE, NO_CAPTURE, "Wireshark's dissector", () => {
  const ours = (pdus: Awaited<ReturnType<Capture['pdus']>>) =>
    [...new Set(pdus.filter(({ ours }) => ours).map(({ command }) => command))].toSorted();
  const texts = (pdus: Awaited<ReturnType<Capture['pdus']>>, command: string) =>
    pdus.filter((pdu) => pdu.command === command).map(({ text }) => text);

  async function captured(port: number): Promise<Capture> {
    capture = await Capture.start(port, join(directory, 'smpp.pcapng'));
    return capture;
  }

  /** Stops Red Cloud, waits for the unbind of all sessions, and ends the capture. */
  async function finish(capture: Capture, sessions: number): Promise<void> {
    await stop();
    await capture.until(HEADS.unbind_resp, sessions);
    await capture.stop();
  }

  test('The dissector finds no errors with the SMSC simulator, and decodes the texts correctly.', async () => {
    smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD, behaviour: { pace: 0.1 } });
    const capture = await captured(smsc.port);
    const { redcloud: sender, receiver: hook } = await begin(smsc.port, { enquireLinkSeconds: 0.2 });
    smsc.writeRaw(ENQUIRE_LINK);
    await exchange(sender, hook);
    await capture.until(HEADS.enquire_link, 2);
    await finish(capture, 1);
    expect(await capture.wrong()).toEqual([]);
    const pdus = await capture.pdus();
    expect(ours(pdus)).toEqual(WHAT_A_TRANSCEIVER_SENDS);
    expect(texts(pdus, 'submit_sm')).toEqual(expect.arrayContaining(['Café for 2 €', 'Never there']));
    // The dissector decodes UCS-2 by code unit. An emoji therefore becomes two invalid characters.
    expect(texts(pdus, 'submit_sm')).toContainEqual(expect.stringMatching(/^Привет ./));
    expect(texts(pdus, 'deliver_sm')).toContain('Thank you, got it.');
  });

  test.each([
    ['udh16', 'gsm_sms.udh.mm.msg_part', 'gsm_sms.udh.mm.msg_parts'],
    ['sar', 'smpp.sar_segment_seqnum', 'smpp.sar_total_segments'],
  ])('The dissector finds no errors with %s, two sessions and all parameters.', async (longMessages, part, parts) => {
    smsc = await SmscSimulator.start({ behaviour: { pace: 0.1, throttleEvery: 5 } });
    const capture = await captured(smsc.port);
    const { redcloud: sender, receiver: hook } = await begin(smsc.port, {
      ...{ longMessages, bindMode: 'transmitter+receiver', preferLatin1: true, enquireLinkSeconds: 0.2 },
      ...{ systemType: 'VMA', addressRange: '^1555', serviceType: 'CMT', validitySeconds: VALIDITY },
      ...{ campaignTlv: '0x1400', tlvs: { '0x1401': 'entity', '0x1402': { hex: '00ff' } } },
    });
    await exchange(sender, hook);
    await finish(capture, 2);
    expect(await capture.wrong()).toEqual([]);
    const seen = async (field: string) => [...new Set(await capture.values(field))].toSorted();
    const sent = ours(await capture.pdus());
    expect(sent).toEqual(expect.arrayContaining(['bind_receiver', 'bind_transmitter', 'submit_sm', 'unbind']));
    expect(await seen('smpp.vendor_op')).toEqual([hex(CAMPAIGN), hex('entity'), '00ff'].toSorted());
    expect(await seen('smpp.service_type')).toEqual(['CMT']);
    expect(Number((await seen('smpp.validity_period_r')).join())).toBe(VALIDITY);
    expect([await seen(part), await seen(parts)]).toEqual([['1', '2', '3'], ['3']]);
  });

  test('The dissector finds the invalid PDUs of the SMSC simulator, and no errors in the responses.', async () => {
    smsc = await SmscSimulator.start();
    const capture = await captured(smsc.port);
    await begin(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_SHORT, 'hex'));
    await capture.until(CUT_SHORT);
    smsc.writeRaw(Buffer.from(UNKNOWN, 'hex'));
    await capture.until(HEADS.generic_nack);
    await finish(capture, 1);
    expect(await capture.wrong()).toHaveLength(2);
    expect(await capture.wrong('ours')).toEqual([]);
  });

  test.skipIf(!HAS_NET_SMPP)(
    `The dissector finds no errors in the session with Net::SMPP.${HAS_NET_SMPP ? '' : ` (${NO_NET_SMPP})`}`,
    async () => {
      const port = await startPerlCentre();
      const capture = await captured(port);
      const { redcloud: sender, receiver: hook } = await begin(port, { enquireLinkSeconds: 0.2 });
      await exchange(sender, hook);
      await program?.until((line) => said(line).event === 'enquire_link');
      await finish(capture, 1);
      expect(await capture.wrong()).toEqual([]);
      const pdus = await capture.pdus();
      expect(ours(pdus)).toEqual(WHAT_A_TRANSCEIVER_SENDS);
      expect(texts(pdus, 'deliver_sm')).toContain('Café for 2 €');
    },
  );
});

describe('PDUs of foreign SMSCs', () => {
  async function bound(port: number) {
    const inbound: InboundMessage[] = [];
    const smpp = new Smpp({ settings: settingsOf(port) });
    await smpp.start({
      onReport: async () => null,
      onInbound: async (_carrier, message) => void inbound.push(message),
    });
    return { smpp, inbound };
  }

  // drive_smpp does this occasionally. In session.ts the phase stays `binding` until a microtask after the frames are
  // handled.
  test('A message in the same TCP segment as the bind response is accepted.', async () => {
    const answer = Promise.withResolvers<Buffer>();
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from(BIND_RESP + DELIVER_SM, 'hex'));
        socket.once('data', (chunk) => {
          answer.resolve(chunk);
          socket.destroy();
        });
      });
      socket.on('error', () => undefined);
    });
    await listening(server, 0);
    const { smpp, inbound } = await bound((server.address() as AddressInfo).port);
    const status = (await answer.promise).readUInt32BE(8);
    server.close();
    await smpp.stop();
    expect(status).toBe(ESME_ROK);
    expect(inbound).toMatchObject([{ from: '456', to: '123', text: '1' }]);
  });

  // The PDU library omits fields for which a PDU is too short.
  test('A truncated deliver_sm is not accepted as a message.', async () => {
    smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD });
    const { smpp, inbound } = await bound(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_SHORT, 'hex'));
    await smsc.write(HANDSET, OURS, 'Whole');
    await smpp.stop();
    expect(inbound.map(({ text }) => text)).toEqual(['Whole']);
  });

  // The text has fewer octets than sm_length states.
  test('A truncated text is not accepted as a message.', async () => {
    smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD });
    const { smpp, inbound } = await bound(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_TEXT, 'hex'));
    await smsc.write(HANDSET, OURS, 'Whole');
    await smpp.stop();
    expect(inbound.map(({ text }) => text)).toEqual(['Whole']);
  });
});

const ENQUIRE_LINK = Buffer.from('000000100000001500000000000003e7', 'hex');
/** A deliver_sm that ends within its first fields. The command of `UNKNOWN` is undefined. */
const CUT_SHORT = '0000001200000005000000000000000300ff';
/** A deliver_sm from 1 to 2 with an sm_length of 200 and two octets of text. */
const CUT_TEXT = '00000025000000050000000000000004000000310000003200000000000000000000c86162';
const BIND_RESP = '0000001180000009000000000000000100';
/** A deliver_sm from 456 to 123 with the text 1. */
const DELIVER_SM = '00000028000000050000000000000001000000343536000000313233000000000000000000000131';
const UNKNOWN = '00000010000000990000000000000004';
const WHAT_A_TRANSCEIVER_SENDS = [
  'bind_transceiver',
  'deliver_sm_resp',
  'enquire_link',
  'enquire_link_resp',
  'submit_sm',
  'unbind',
];

const submission: Submission = {
  ...{ reference: 'msg_FOREIGN/1', from: OURS, to: HANDSET, text: 'Hello', segments: 1, part: 1, parts: 1 },
  ...{ messageType: 'SMS', encoding: 'GSM7', latin1: true, campaignId: null, media: null },
};

/** @throws if the port is in use. */
async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

function settingsOf(port: number, settings: Record<string, unknown> = {}) {
  const read = readCarriers(JSON.stringify(carrier(port, settings)), () => undefined);
  return read.carriers[0] as (typeof read.carriers)[0];
}
