/**
 * Kannel 1.4.5 from the distribution: bearerbox and one smsbox with a spool, with an SMSC and a receiver of this
 * benchmark. Kannel does less work than Red Cloud. Each message has two calls of a URL instead of three signed
 * webhooks, without idempotency and without history.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type AcceptFigures, measureAccept } from '../accept.ts';
import { startChild } from '../child.ts';
import { temporaryFolder } from '../leftovers.ts';
import { type LifecycleFigures, measureLifecycle } from '../lifecycle.ts';
import type { Sendsms } from '../load/options.ts';
import { startLoader } from '../load.ts';
import { freePorts, installed, startForeign } from './foreign.ts';
import { KANNEL_USER, type KannelSettings, kannelConfig, STATUS_PASSWORD } from './kannel-config.ts';
import { type Offer, runAsProgram, type Skipped } from './program.ts';

const ACCEPT: Offer = { connections: 64, seconds: 8 };
/** More than Kannel can do, so that Kannel determines the rate. */
const LIFECYCLE: Offer = { connections: 64, seconds: 10, rate: 2_000 };
/** Delivered (1), failed (2), and accepted by the SMSC (8). Red Cloud reports these as DELIVERED, FAILED and SENT. */
const DLR_MASK = 1 + 2 + 8;
const EVENTS = ['dlr.8', 'dlr.1'];

interface Kannel extends AsyncDisposable {
  url: string;
  pids: Record<string, number>;
}

/**
 * No program listens on the port of the SMSC. Accepted messages wait in the spool, as in Red Cloud with the role `api`
 * alone. Draining at the same time costs Kannel a third of its rate.
 */
export async function kannelAccept(offer: Partial<Offer> & { spool?: Spool } = {}): Promise<AcceptFigures | Skipped> {
  const { spool = 'disk', ...rest } = offer;
  if (!programs()) return NOT_INSTALLED;
  await using loader = await startLoader();
  const [closedPort = 0] = await freePorts(1);
  await using kannel = await startKannel(closedPort, 're-connecting', spool);
  return await measureAccept(loader, { url: kannel.url, request: sendsms(), ...ACCEPT, ...rest }, kannel.pids);
}

/** Complete messages until the receiver has the last receipt: sendsms → spool → submit_sm → deliver_sm → dlr-url. */
export async function kannelLifecycle(offer: Partial<Offer> = {}): Promise<LifecycleFigures | Skipped> {
  if (!programs()) return NOT_INSTALLED;
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using smsc = await startChild<{ port: number }>('./peers/smsc.ts');
  await using kannel = await startKannel(smsc.ready.port, 'online', 'memory');
  const dlr = { mask: DLR_MASK, url: `http://127.0.0.1:${receiver.ready.port}/dlr?type=%d` };
  return await measureLifecycle({
    loader,
    receiver,
    load: { url: kannel.url, request: sendsms(dlr), ...LIFECYCLE, ...offer },
    events: EVENTS,
    pids: { ...kannel.pids, smsc: smsc.pid },
  });
}

const NOT_INSTALLED: Skipped = { skipped: 'kannel is not installed' };

function programs() {
  const bearerbox = installed('bearerbox');
  const smsbox = installed('smsbox');
  return bearerbox && smsbox ? { bearerbox, smsbox } : undefined;
}

function sendsms(dlr?: Sendsms['dlr']): Sendsms {
  return { kind: 'sendsms', ...KANNEL_USER, from: '15557654321', ...(dlr ? { dlr } : {}) };
}

/** @param link state of the link to the SMSC that counts as up */
async function startKannel(smscPort: number, link: 'online' | 're-connecting', spool: Spool): Promise<Kannel> {
  await using started = new AsyncDisposableStack();
  const { path: folder } = started.use(temporaryFolder(spool === 'memory' ? inMemory() : undefined));
  const [adminPort = 0, boxPort = 0, sendsmsPort = 0] = await freePorts(3);
  const settings: KannelSettings = { folder, adminPort, boxPort, sendsmsPort, smscPort };
  const file = join(folder, 'kannel.conf');
  for (const name of ['spool', 'dlr']) mkdirSync(join(folder, name));
  writeFileSync(file, kannelConfig(settings));
  const { bearerbox = '', smsbox = '' } = programs() ?? {};
  const bearer = started.use(await startForeign(bearerbox, [file], () => linkIs(link, adminPort)));
  const box = started.use(await startForeign(smsbox, [file], () => listens(sendsmsPort)));
  const all = started.move();
  return {
    url: `http://127.0.0.1:${sendsmsPort}`,
    pids: { bearerbox: bearer.pid, smsbox: box.pid },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/**
 * Location of the spool. `disk` is the location of a real installation and of PostgreSQL's data. `memory` excludes the
 * disk, because Kannel never syncs the spool, and some disks would determine the result. For example, ext4 without a
 * journal checks each inode freed in the last minutes before it creates a new one. With one created and removed file
 * per message, the rate fell to a third and continued to fall.
 */
export type Spool = 'disk' | 'memory';

function inMemory(): string | undefined {
  return existsSync('/dev/shm') ? '/dev/shm' : undefined;
}

async function linkIs(link: string, adminPort: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/status.txt?password=${STATUS_PASSWORD}`);
  return (await response.text()).includes(`(${link}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.end());
  });
}

if (import.meta.main) await runAsProgram({ accept: kannelAccept, lifecycle: kannelLifecycle });
