import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { smppSettings } from '../support/smpp-settings.ts';
import { Capture } from './capture.ts';
import { Program, runs } from './program.ts';

const PERL_CENTRE = new URL('net-smpp-smsc.pl', import.meta.url).pathname;

export const HAS_NET_SMPP = runs('perl', ['-MNet::SMPP', '-MJSON::PP', '-e', '1']);
export const NO_NET_SMPP = 'needs Perl and libnet-smpp-perl';

export const PASSWORD = 'secret';
export const OURS = '+15551234567';
export const HANDSET = '+15557654321';
const REPLYING = '+15550000009';
const UNDELIVERABLE = '+15550000010';
/** One segment has space for 153 of these characters. */
export const LONG = `${'The é and the € cost 1 and 2. '.repeat(11)}The end.`;
export const ESME_ROK = 0;

/** A deliver_sm that ends within its first fields. */
export const CUT_SHORT = '0000001200000005000000000000000300ff';

const carrier = (port: number, settings: Record<string, unknown> = {}) => ({
  carriers: [
    { name: 'acme', type: 'smpp', host: '127.0.0.1', port, systemId: 'redcloud', password: PASSWORD, ...settings },
  ],
});

async function stateOf(of: TestRedCloud): Promise<unknown> {
  return (await of.call('/health/ready', { token: null })).json.carriers;
}

/** A line of output of the SMSC simulator in Perl. See net-smpp-smsc.pl. */
interface Said {
  event: string;
  [field: string]: unknown;
}

export const said = (line: string): Said => JSON.parse(line);

/** Sends one message of each kind and waits until all reach their final status. @returns their ids. */
export async function exchange(of: TestRedCloud, at: Receiver) {
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

/** @throws if the port is in use. */
export async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

export function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

export function settingsOf(port: number, settings: Record<string, unknown> = {}) {
  return smppSettings(carrier(port, settings).carriers[0] as object);
}

/**
 * Registers the hooks of one test file. Programs and carriers that a test started by the returned functions are stopped
 * at its end.
 */
export function foreignCarrier() {
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

  async function stop(): Promise<void> {
    await redcloud?.stop();
    redcloud = undefined;
  }

  function startProgram(command: string, args: readonly string[]): Program {
    program = new Program(command, args);
    return program;
  }

  const everything = (event: string): Said[] => (program?.lines ?? []).map(said).filter((one) => one.event === event);

  /** @returns the port. */
  async function startPerlCentre(password = PASSWORD): Promise<number> {
    const digits = [REPLYING, UNDELIVERABLE].map((number) => number.slice(1));
    const started = startProgram('perl', [PERL_CENTRE, '0', 'redcloud', password, ...digits]);
    return said(await started.until((line) => said(line).event === 'listening'))['port'] as number;
  }

  async function captured(port: number): Promise<Capture> {
    capture = await Capture.start(port, join(directory, 'smpp.pcapng'));
    return capture;
  }

  async function startSmsc(options?: Parameters<typeof SmscSimulator.start>[0]): Promise<SmscSimulator> {
    smsc = await SmscSimulator.start(options);
    return smsc;
  }

  return {
    ...{ begin, stop, startProgram, startPerlCentre, everything, captured, startSmsc },
    /** The program that the test started last. */
    program: () => program,
  };
}
