import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Random } from '../crash/random.ts';
import { testStore } from '../support/store.ts';
import { faults, Reporter, Victim } from './chaos.ts';
import { FaultyNetwork, LOST } from './faulty-network.ts';
import { MockVendor, PUBLIC_URL, type VendorType } from './mock-vendor.ts';

/** Messages for each vendor, and kills of the server. HTTP_MESSAGES=10000 for the full run, with ten kills. */
const MESSAGES = Number(process.env['HTTP_MESSAGES'] ?? 40);
const KILLS = MESSAGES >= 1_000 ? 10 : 2;
const PER_REQUEST = Math.ceil(MESSAGES / 100);
const TIMEOUT_MS = 180_000 + 180 * MESSAGES;
const POLL_MS = 100;
/** Callbacks under way at once. */
const MOST_CALLBACKS = 96;

const VENDORS: readonly VendorType[] = ['twilio', 'telnyx', 'bandwidth'];

/** The last digits of a recipient select the reaction of the vendor and its report. */
const isRejected = (to: string) => Number(to.slice(-2)) === 7;
const stateOf = (to: string) => (Number(to.slice(-2)) % 20 === 3 ? 'failed' : 'delivered');
const isReportedEarly = (to: string) => Number(to.slice(-1)) === 1;

interface Sent {
  messageId: string;
  to: string;
}

const stops: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse().splice(0)) await stop();
});

/** Starts a vendor behind a faulty network, and Red Cloud in its own process with this carrier. */
async function begin(type: VendorType, random: Random) {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-chaos-'));
  stops.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await testStore();
  stops.push(() => store.drop());
  const vendor = await MockVendor.start(type);
  stops.push(() => vendor.stop());
  vendor.react = (to) => (isRejected(to) ? 'rejected' : 'ok');
  const network = await FaultyNetwork.start(vendor, faults(MESSAGES, random));
  stops.push(() => network.stop());
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [vendor.settings({ baseUrl: network.url })], default: type }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  const victim = new Victim(store, env);
  await victim.start();
  stops.push(() => victim.stop());
  const reporter = new Reporter({ vendor, victim, random, stateOf });
  network.beforeResponse = async (to) => {
    const message = isReportedEarly(to) ? vendor.accepted.findLast((one) => one.to === to) : undefined;
    if (message) await reporter.once(message);
  };
  return { vendor, network, victim, reporter };
}

/** Sends all messages. Each request is repeated under its key until it is accepted. */
async function sendAll(victim: Victim): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let at = 0; at < MESSAGES; at += PER_REQUEST) {
    const count = Math.min(PER_REQUEST, MESSAGES - at);
    const to = Array.from({ length: count }, (_, i) => `+1555${String(2_000_000 + at + i)}`);
    const body = { sendFrom: 'num_abc123', to, messageType: 'SMS', text: 'chaos', deliveryGuarantee: 'AT_MOST_ONCE' };
    const { results } = await victim.call<{ results: Sent[] }>('/api/core/messages/send', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `chaos ${at}` },
      body: JSON.stringify(body),
    });
    sent.push(...results);
  }
  return sent;
}

/** Kills the server each time that a further share of the messages was submitted, and starts it again. */
async function killAll(victim: Victim, network: FaultyNetwork): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (network.posts.length < (MESSAGES * kill) / (KILLS + 2)) await delay(5);
    await victim.kill();
    await victim.start();
  }
}

interface Stored extends Sent {
  status: string;
}

const OPEN: ReadonlySet<string> = new Set(['QUEUED', 'SENDING', 'SENT']);

/**
 * Waits until no message waits for a submit, and all accepted messages are reported. Each message is read once, because
 * a throttled message returns from SENDING to QUEUED and could be absent from lists of both.
 * @returns all messages.
 */
async function settle(victim: Victim, reporter: Reporter, sending: Promise<unknown>): Promise<Stored[]> {
  let isSent = false;
  sending.finally(() => {
    isSent = true;
  });
  for (;;) {
    if (reporter.open < MOST_CALLBACKS) reporter.report(MOST_CALLBACKS / 3);
    const { messages } = await victim.call<{ messages: Sent[] }>('/api/core/messages?status=QUEUED&limit=1');
    if (isSent && reporter.isDone && messages.length === 0) {
      const stored = await victim.list<Stored>('/api/core/messages?direction=OUTBOUND', 'messages', 'cursor');
      if (reporter.isDone && !stored.some(({ status }) => OPEN.has(status))) return stored;
    }
    await delay(POLL_MS);
  }
}

/** Recipients that were submitted again after a submit that may have left, or that had a final response. */
function repeatedIn({ posts }: FaultyNetwork): string[] {
  const left = new Set<string>();
  return posts.flatMap(({ to, fault }) => {
    const isRepeated = left.has(to);
    if (fault !== 'throttled') left.add(to);
    return isRepeated ? [to] : [];
  });
}

/** Events of each kind and message that were recorded more than once. */
async function repeatedEvents(victim: Victim): Promise<string[]> {
  const events = await victim.list<{ type: string; messageId: string }>('/api/core/events?', 'events', 'after');
  const kinds = events.map(({ type, messageId }) => `${messageId} ${type}`);
  expect(events.length).toBeGreaterThan(MESSAGES);
  const seen = new Set<string>();
  return kinds.filter((kind) => seen.size === seen.add(kind).size);
}

const count = <T>(items: readonly T[], isCounted: (item: T) => boolean) => items.filter(isCounted).length;

test.each(VENDORS)(
  `After ${KILLS} kills and a fault in a third of ${MESSAGES} submits to %s, no message is lost or submitted twice.`,
  { tags: 'slow', timeout: TIMEOUT_MS },
  async (type) => {
    const seed = Number(process.env['HTTP_SEED'] ?? Date.now() % 1_000_000);
    const startedAt = Date.now();
    const { vendor, network, victim, reporter } = await begin(type, new Random(seed));
    const sending = sendAll(victim);
    const killing = killAll(victim, network);
    const [stored] = await Promise.all([settle(victim, reporter, Promise.all([sending, killing])), sending, killing]);
    const sent = await sending;

    expect(repeatedIn(network)).toEqual([]);
    const accepted = new Set(vendor.accepted.map(({ to }) => to));
    expect(accepted.size).toBe(vendor.accepted.length);
    expect(reporter.refusals).toEqual([]);
    expect([sent.length, stored.length]).toEqual([MESSAGES, MESSAGES]);
    const statuses = new Map(stored.map(({ messageId, status }) => [messageId, status]));
    /** Recipients that a submit has reached without a fault before the vendor. */
    const reached = new Set(network.posts.filter(({ fault }) => !LOST.has(fault)).map(({ to }) => to));
    const wrong = sent.filter(({ messageId, to }) => {
      const status = statuses.get(messageId);
      if (accepted.has(to)) return status !== (stateOf(to) === 'failed' ? 'FAILED' : 'DELIVERED');
      if (status === 'FAILED') return !(isRejected(to) && reached.has(to));
      return status !== 'UNKNOWN';
    });
    expect(wrong.map(({ messageId, to }) => [to, statuses.get(messageId)])).toEqual([]);
    expect(await repeatedEvents(victim)).toEqual([]);
    expect(victim.kills).toBe(KILLS);

    const faulty = Object.entries(Object.groupBy(network.posts, ({ fault }) => fault)).map(
      ([fault, posts]) => `${fault} ${posts?.length}`,
    );
    const unknown = stored.filter(({ status }) => status === 'UNKNOWN');
    const posted = new Set(network.posts.map(({ to }) => to));
    const figures = [
      `${type}, seed ${seed}: ${MESSAGES} messages, ${KILLS} kills, ${Math.round((Date.now() - startedAt) / 1000)} s`,
      `${network.posts.length} submits (${faulty.join(', ')}), ${network.cutByClient} cut by a kill`,
      `${accepted.size} accepted by the vendor, each once`,
      ...['DELIVERED', 'FAILED', 'UNKNOWN'].map((one) => `${count(stored, ({ status }) => status === one)} ${one}`),
      `${count(unknown, ({ to }) => !posted.has(to))} of the unknown never submitted`,
      `${3 * accepted.size} reports, ${reporter.repeats} of them repeated`,
    ];
    process.stdout.write(`${figures.join('; ')}\n`);
  },
);
