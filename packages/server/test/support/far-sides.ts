import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { CallbackRequest } from '#carriers/callbacks.ts';
import type { Carrier, CarrierHandlers } from '#carriers/carrier.ts';
import { readCarriers } from '#carriers/settings.ts';
import { CallbackReceiver } from '#entrances/callbacks/receiver.ts';
import type { Keys } from '#identity/keys.ts';
import { systemClock } from '#platform/clock.ts';
import { ApiError } from '#platform/errors.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { type CarrierPlan, planOf, type SharedPlan } from '../../src/app/carrier-plans.ts';
import type { Core } from '../../src/app/core.ts';
import { type Accepted, MockVendor, PUBLIC_URL, type Reaction, type VendorType } from '../carriers/mock-vendor.ts';
import { freePort } from '../carriers/program.ts';
import type { Conformance, Destinations, FarSide, Fault } from './carrier-conformance.ts';
import { NO_SECRETS } from './smpp-settings.ts';

/** Magic destinations of the simulators (carriers/simulator/scripts.ts). */
export const DESTINATIONS: Destinations = {
  delivered: '+15550000001',
  undeliverable: '+15550000010',
  refused: '+15550000002',
  throttled: '+15550000004',
  unanswered: '+15550000006',
  replying: '+15550000009',
};

/** Plan of a carrier, from its entry in RC_CARRIERS. */
function plan(entry: Record<string, unknown>, dataDir = tmpdir()): CarrierPlan {
  const core = {
    config: { publicUrl: PUBLIC_URL, databaseUrl: undefined, dataDir },
    ...{ clock: systemClock, ids: createIds(systemClock), overrides: { simulatorPace: 0.01 } },
  } as unknown as Core;
  const keys = { derive: () => Buffer.alloc(32, 7) } as unknown as Keys;
  const { carriers } = readCarriers(JSON.stringify({ carriers: [entry] }), NO_SECRETS);
  return planOf(core, keys, carriers[0] as (typeof carriers)[0]);
}

/** The simulator and its ledger. */
export async function simulatorSide(): Promise<FarSide> {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-conformance-'));
  const ledger = join(directory, 'simulator', 'ledger.ndjson');
  return {
    create: async () => plan({ name: 'simulator', type: 'simulator' }, directory).create(),
    accepted: (to) => readFileSync(ledger, 'utf8').split(`"to":"${to}"`).length - 1,
    stop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** An SMPP carrier and the SMSC simulator. */
export async function smppSide(): Promise<FarSide> {
  const smsc = await SmscSimulator.start({ systemId: 'redcloud', password: 'secret', behaviour: { pace: 0.02 } });
  return {
    async create(fault) {
      const password = fault === 'credentials' ? 'wrong' : 'secret';
      const port = fault === 'connection' ? await freePort() : smsc.port;
      const address = { host: '127.0.0.1', port, systemId: 'redcloud', password };
      return plan({ name: 'acme', type: 'smpp', ...address, responseSeconds: 0.3 }).create();
    },
    accepted: (recipient) => smsc.taken.filter(({ to }) => to === recipient).length,
    stop: () => smsc.stop(),
  };
}

/** Far side of a vendor with an HTTP API, which behaves for each destination as the simulators do. */
export function vendorSide(type: VendorType): Conformance {
  return {
    destinations: DESTINATIONS,
    faults: ['credentials', 'revoked', 'connection', 'partial'],
    outcomeWithoutCredentials: 'misconfigured',
    async start() {
      const vendor = await MockVendor.start(type);
      return {
        create: (fault) => carrierOf(vendor, fault),
        accepted: (recipient) => vendor.accepted.filter(({ to }) => to === recipient).length,
        stop: () => vendor.stop(),
      };
    },
  };
}

const REFUSED: [number, unknown] = [401, { message: 'Authenticate', code: 20003 }];

async function carrierOf(vendor: MockVendor, fault: Fault | undefined): Promise<Carrier> {
  if (fault === 'credentials') vendor.answer = () => REFUSED;
  const throttled = new Set<string>();
  vendor.react = (to): Reaction => {
    if (fault === 'revoked' || fault === 'credentials') return 'unauthorized';
    if (fault === 'partial') return 'half';
    if (to === DESTINATIONS.refused) return 'rejected';
    if (to === DESTINATIONS.unanswered) return 'cut';
    if (to !== DESTINATIONS.throttled || throttled.has(to)) return 'ok';
    throttled.add(to);
    return 'throttled';
  };
  const more = fault === 'connection' ? { baseUrl: `http://127.0.0.1:${await freePort()}` } : {};
  return withCallbacks(vendor, plan({ ...vendor.settings(), ...more }) as SharedPlan);
}

/** A carrier whose reports and inbound messages pass the receiver of callbacks, from its start until its stop. */
function withCallbacks(vendor: MockVendor, shared: SharedPlan): Carrier {
  const carrier = shared.create();
  let server: Server | undefined;
  const start = carrier.start.bind(carrier);
  const stop = carrier.stop.bind(carrier);
  return Object.assign(carrier, {
    async start(handlers: CarrierHandlers) {
      server = await callbackServer(shared, handlers);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      vendor.onAccepted = (message) => void callBack(vendor, url, message);
      await start(handlers);
    },
    async stop() {
      vendor.onAccepted = () => undefined;
      await stop();
      server?.closeAllConnections();
      server?.close();
    },
  });
}

/** Sends the callbacks of an accepted message. A callback that is under way at the end of a test is cut. */
async function callBack(vendor: MockVendor, url: string, message: Accepted): Promise<void> {
  const { id, from, to } = message;
  const isReply = to === DESTINATIONS.replying;
  const sent = isReply
    ? vendor.inbound(url, { id: `${id}-reply`, from: to, to: from, text: 'Thank you' })
    : vendor.reportUntilTaken(url, message, to === DESTINATIONS.undeliverable ? 'failed' : 'delivered');
  await sent.catch(() => undefined);
}

async function callbackServer(shared: SharedPlan, handlers: CarrierHandlers): Promise<Server> {
  const receiver = new CallbackReceiver({
    carrierOf: (name) => (name === shared.name ? { name, ...shared.callbacks } : undefined),
    ...{ clock: systemClock, log: createLog('silent') },
    onReports: (carrier, reports) => Promise.all(reports.map((report) => handlers.onReport(carrier, report))),
    onInbound: (...message) => handlers.onInbound(...message),
    onOptOut: async () => undefined,
  });
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const status = await receiver.take(shared.name, await requestOf(request)).then(
      () => 204,
      (error: unknown) => (error instanceof ApiError ? error.status : 500),
    );
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A callback with the URL that the vendor has called. */
async function requestOf(request: IncomingMessage): Promise<CallbackRequest> {
  const url = new URL(PUBLIC_URL + request.url);
  const headers = request.headers as Record<string, string | undefined>;
  return { url: url.href, query: url.searchParams, headers, rawBody: await buffer(request) };
}
