// @module-tag slow
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCarriers } from '#carriers/settings.ts';
import { systemClock } from '#platform/clock.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { MockVendor, PUBLIC_URL, type VendorType } from '../carriers/mock-vendor.ts';
import { ownDirectory, testDirectory } from '../support/directory.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const PAGE = readFileSync(new URL('../../../../docs/routing.md', import.meta.url), 'utf8');
const CLIENT = 'rc_test_client_123';
const PASSWORD = 'smpp-secret';

/** Row of the table of a recipe. */
interface Example {
  from: string;
  to: string;
  type: string;
  paused: string;
  carrier: string;
  reason: string;
}

interface Entry {
  name: string;
  type: string;
}

interface Recipe {
  title: string;
  json: string;
  examples: Example[];
}

function recipesOf(page: string): Recipe[] {
  const [, section = ''] = page.split('\n## Recipes\n');
  return section
    .split('\n### ')
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      json: /```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '',
      examples: examplesOf(text),
    }));
}

function examplesOf(text: string): Example[] {
  const [, ...rows] = (text.match(/^\|.*\|$/gm) ?? []).filter((line) => !line.startsWith('| ---'));
  return rows.map((row) => {
    const [from, to, type, paused, carrier, reason] = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { from, to, type, paused, carrier, reason } as Example;
  });
}

/** Carrier that a recipe names, and what it has accepted. */
interface Peer {
  settings: Record<string, unknown>;
  recipients(): string[];
  stop(): Promise<unknown>;
}

/** Starts a server in place of the one that the entry names. */
async function startPeer({ name, type }: Entry): Promise<Peer> {
  if (type !== 'smpp') {
    const vendor = await MockVendor.start(type as VendorType);
    return {
      settings: vendor.settings({ name }),
      recipients: () => vendor.accepted.map(({ to }) => to),
      stop: () => vendor.stop(),
    };
  }
  const smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD, behaviour: { pace: 0.1 } });
  return {
    settings: { name, type, host: '127.0.0.1', port: smsc.port, systemId: 'redcloud', password: PASSWORD },
    recipients: () => smsc.taken.map(({ pdu }) => `+${String(pdu['destination_addr']).replace(/^\+/, '')}`),
    stop: () => smsc.stop(),
  };
}

const recipes = recipesOf(PAGE);

test('The page has five recipes with their examples.', () => {
  expect(recipes.map(({ title }) => title)).toHaveLength(5);
  for (const { json, examples } of recipes) {
    expect(json).toContain('"carriers"');
    expect(examples.length).toBeGreaterThanOrEqual(3);
  }
});

describe.each(recipes)('Recipe "$title"', ({ json, examples }) => {
  const directory = ownDirectory('routing-page');
  const peers = new Map<string, Peer>();
  let redcloud: TestRedCloud;
  const numberIds = new Map<string, string>();

  beforeAll(async () => {
    const settings = JSON.parse(json) as { carriers: Entry[] };
    for (const entry of settings.carriers) peers.set(entry.name, await startPeer(entry));
    const file = join(directory, 'carriers.json');
    const carriers = settings.carriers.map(({ name }) => peers.get(name)?.settings);
    writeFileSync(file, JSON.stringify({ ...settings, carriers }));
    const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
    redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
    const numbers = examples.map(({ from }) => ({ e164: from, apiClientId: CLIENT, campaignRegId: 'C1' }));
    await redcloud.admin('POST', '/numbers', { numbers });
    for (const { numberId, e164 } of (await redcloud.admin('GET', '/numbers')).json.numbers)
      numberIds.set(e164, numberId);
    const up = [...peers.keys()].map((name) => ({ name, state: 'up' }));
    await vi.waitFor(async () => expect((await redcloud.admin('GET', '/carriers')).json.carriers).toMatchObject(up), {
      timeout: 10_000,
      interval: 50,
    });
  });
  afterAll(async () => {
    await redcloud?.stop();
    for (const peer of peers.values()) await peer.stop();
  });

  test('The file is valid as it is on the page.', () => {
    const secrets = { env: () => '0123456789abcdef0123456789abcdef', file: () => undefined };
    const { carriers, routes } = readCarriers(json, secrets);
    expect(carriers.map(({ name }) => name)).toEqual([...peers.keys()]);
    expect(routes.length).toBeGreaterThan(0);
  });

  test.each(examples)(
    'The $type from $from to $to takes the documented route (paused: "$paused").',
    async (example) => {
      const { from, to, type, paused, carrier, reason } = example;
      if (paused !== '') await redcloud.admin('POST', `/carriers/${paused}/pause`);
      try {
        const query = new URLSearchParams({ from: numberIds.get(from) ?? '', to, messageType: type });
        const { json: explained } = await redcloud.admin('GET', `/route?${query}`);
        expect(explained).toMatchObject({ carrier, reason, isAvailable: true });
        // The explanation covers the MMS. A submit of one would test the adaptation of its files.
        if (type === 'MMS') return;
        const earlier =
          peers
            .get(carrier)
            ?.recipients()
            .filter((one) => one === to).length ?? 0;
        const id = await sendTo(redcloud, to, { sendFrom: numberIds.get(from) });
        await vi.waitFor(
          () =>
            expect(
              peers
                .get(carrier)
                ?.recipients()
                .filter((one) => one === to),
            ).toHaveLength(earlier + 1),
          { timeout: 10_000, interval: 20 },
        );
        const others = [...peers].filter(([name]) => name !== carrier).flatMap(([, peer]) => peer.recipients());
        expect(others).not.toContain(to);
        await vi.waitFor(
          async () => expect((await redcloud.admin('GET', `/messages/${id}`)).json.parts[0]).toMatchObject({ carrier }),
          { timeout: 10_000, interval: 50 },
        );
      } finally {
        if (paused !== '') await redcloud.admin('POST', `/carriers/${paused}/resume`);
      }
    },
  );
});

test('After the move of a number, new messages use the new carrier, and reports of the old one still apply.', async () => {
  const directory = testDirectory('routing-move');
  const [before, after] = [await MockVendor.start('twilio'), await MockVendor.start('telnyx')];
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [before.settings(), after.settings()], default: 'twilio' }));
  const env = { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` };
  const redcloud = await startRedCloud({ env, overrides: { clock: systemClock } });
  try {
    const id = await sendTo(redcloud, '+15551230001');
    await vi.waitFor(() => expect(before.accepted).toHaveLength(1), { timeout: 10_000, interval: 20 });
    const { status } = await redcloud.admin('PATCH', '/numbers/num_abc123', { carrier: 'telnyx' });
    expect(status).toBe(200);
    await sendTo(redcloud, '+15551230002');
    await vi.waitFor(() => expect(after.accepted).toHaveLength(1), { timeout: 10_000, interval: 20 });
    expect(before.accepted).toHaveLength(1);
    for (const message of before.accepted) await before.reportUntilTaken(redcloud.url, message, 'delivered');
    await vi.waitFor(
      async () => expect((await redcloud.admin('GET', `/messages/${id}`)).json.status).toBe('DELIVERED'),
      { timeout: 10_000, interval: 50 },
    );
  } finally {
    await redcloud.stop();
    await Promise.all([before.stop(), after.stop()]);
  }
});
