/**
 * Modules of the server, and which of them each may import. `npm run check` rejects every other import, and compares
 * the table in ARCHITECTURE.md with this one. Tests may import every module. `platform` may be imported by every
 * module.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

const ROOT = new URL('..', import.meta.url).pathname;
export const SOURCES = 'packages/server/src/';

interface Module {
  /** Responsibility, for the table. */
  does: string;
  /** Modules that it may import, besides `platform`. */
  imports: readonly string[];
}

/** In the order in which a message passes the modules. */
export const MODULES: Readonly<Record<string, Module>> = {
  main: { does: 'entry point of the process: runs a command of `app/commands/`', imports: ['app'] },
  app: {
    does: 'composes the modules by role, starts them in order, stops the HTTP server and the workers together, then the rest in reverse order',
    imports: ['*'],
  },
  'entrances/http': {
    does: 'the HTTP server: authenticate → call a module → reply. One file per route, with its schema. No SQL, no rules',
    imports: [
      'identity',
      'numbers',
      'optouts',
      'pools',
      'messages',
      'events',
      'webhooks',
      'policies',
      'receipts',
      'overview',
      'routing',
      'carriers',
      'media',
      'db',
    ],
  },
  'entrances/callbacks': {
    does: 'callbacks of carriers with an HTTP API: verify → parse → reports, inbound messages, opt-outs',
    imports: ['carriers', 'entrances/http'],
  },
  'entrances/sandbox': {
    does: 'demo data, the handset and the webhook inbox',
    imports: ['identity', 'numbers', 'media', 'entrances/http'],
  },
  identity: {
    does: 'accounts, API clients, secrets and their rotation, tokens, ended console sessions, idempotent responses with secrets',
    imports: ['db', 'maintenance'],
  },
  numbers: { does: 'assigned numbers, their settings, the inventory', imports: ['db'] },
  optouts: {
    does: 'opt-outs per number and recipient, with their history; keywords; repair of recipients that were parsed incorrectly',
    imports: ['db'],
  },
  pools: {
    does: 'sender pools: members, the choice of the number for a recipient, conversations, opt-outs of members that join or leave',
    imports: ['db', 'identity', 'numbers', 'optouts', 'maintenance'],
  },
  policies: {
    does: 'admission checks at accept and at submit: sender, opt-outs, quiet hours, limits of waiting and scheduled messages, load shedding',
    imports: ['numbers', 'optouts', 'queue'],
  },
  messages: {
    does: 'authoritative state of a message. `request/` validates a send, `lifecycle/` accepts it and changes its status, `lookup/` reads it, `retention/` deletes it',
    imports: ['db', 'queue', 'events', 'numbers', 'pools', 'policies', 'routing', 'maintenance'],
  },
  queue: { does: 'leased jobs, fair scheduling, workers', imports: ['db'] },
  routing: {
    does: 'selects the carrier of a message: routes, weights, failover. Pure functions that return the reason with the decision',
    imports: ['carriers'],
  },
  outbound: {
    does: 'from job to carrier: check opt-outs → submit → decide → record; assignment of carrier links to processes',
    imports: ['db', 'queue', 'messages', 'media', 'carriers', 'cluster', 'numbers', 'pools', 'policies', 'routing'],
  },
  carriers: {
    does: 'one folder per carrier type behind `carrier.ts`: `simulator/`, `smpp/`, and `twilio/`, `telnyx/`, `bandwidth/` on `http/`. `registry.ts` lists the types: settings, ownership, capabilities, factory, callbacks, check. `check/` tests settings. No carrier imports another module. The SMPP protocol is in `packages/smpp`',
    imports: [],
  },
  smsc: { does: 'SMSC simulator for tests and demos (`redcloud-smsc`), a separate program', imports: ['carriers'] },
  receipts: {
    does: 'matches a receipt to its segment and applies the status; parks receipts without a match',
    imports: ['db', 'messages', 'queue', 'carriers', 'maintenance'],
  },
  media: {
    does: 'files of MMS: upload and download, fetches from `sourceUrl`, adaptation to carriers, signed links, clean-up. `storage/` (directory, S3), `fetch/`',
    imports: ['db', 'queue', 'egress', 'identity', 'messages', 'carriers', 'maintenance'],
  },
  egress: {
    does: 'HTTP connections to hosts that clients choose, at checked addresses or through a proxy',
    imports: [],
  },
  inbound: {
    does: 'messages from handsets, joined from their segments; keyword actions and their replies',
    imports: ['db', 'messages', 'numbers', 'optouts', 'pools', 'policies', 'queue', 'identity', 'carriers'],
  },
  events: {
    does: 'append-only log of events, always written in the statement that changes the state',
    imports: ['db', 'queue', 'maintenance'],
  },
  webhooks: {
    does: 'resolve target → sign → post → record. `ordering/`, `endpoints/`, `delivery/`, `test-event/`, `history/`',
    imports: ['db', 'queue', 'messages', 'events', 'identity', 'numbers', 'egress', 'maintenance'],
  },
  overview: {
    does: 'status of all processes, now and over the last hour',
    imports: ['db', 'queue', 'cluster', 'routing'],
  },
  cluster: { does: 'heartbeats, the leader, leases of dead processes, the shared clock', imports: ['db', 'queue'] },
  failover: {
    does: 'changes of the database server: adapts the store to a new timeline, journal of submits, decides which messages may have been submitted without a record',
    imports: ['db', 'queue', 'events', 'cluster'],
  },
  maintenance: { does: 'partitions, retention and clean-up tasks, run by the leader', imports: ['db'] },
  db: {
    does: 'the store: `drivers/` (embedded, server), `batching/`, `schema/` (migrations, day partitions)',
    imports: [],
  },
  platform: { does: 'settings, clock, ids, log, metrics registry, errors, phone numbers', imports: [] },
};

/** Owner of each table. Only its module has statements for the table. */
export const TABLES: Readonly<Record<string, string>> = {
  accounts: 'identity',
  api_clients: 'identity',
  api_client_secrets: 'identity',
  ended_sessions: 'identity',
  kept_answers: 'identity',
  numbers: 'numbers',
  pools: 'pools',
  pool_conversations: 'pools',
  opt_outs: 'optouts',
  opt_out_changes: 'optouts',
  messages: 'messages',
  message_parts: 'messages',
  idempotency_keys: 'messages',
  inbound_keys: 'messages',
  rejections: 'messages',
  jobs: 'queue',
  receipts: 'receipts',
  media: 'media',
  media_files: 'media',
  media_renditions: 'media',
  media_storage: 'media',
  inbound_fragments: 'inbound',
  events: 'events',
  stream: 'events',
  webhook_attempts: 'webhooks',
  webhook_endpoints: 'webhooks',
  webhook_replays: 'webhooks',
  processes: 'cluster',
  binds: 'cluster',
  paused_carriers: 'cluster',
  days: 'db',
  schema_migrations: 'db',
};

/** @returns module of a source file, as a key of `MODULES` */
export function moduleOf(file: string): string {
  const path = file.slice(SOURCES.length);
  const name = Object.keys(MODULES).find((one) => path.startsWith(`${one}/`) || path === `${one}.ts`);
  return name ?? `unknown (${path})`;
}

/** @returns files that the source imports by a relative path or by `#` */
function importsOf(file: string): string[] {
  const { module } = parseSync(file, readFileSync(ROOT + file, 'utf8'));
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value ?? '')),
  ];
  return requests.flatMap((request) => {
    if (request.startsWith('#')) return [SOURCES + request.slice(1)];
    return request.startsWith('.') ? [posix.join(posix.dirname(file), request)] : [];
  });
}

function mayImport(from: string, to: string): boolean {
  if (from === to || to === 'platform') return true;
  const { imports = [] } = MODULES[from] ?? {};
  return imports.includes('*') || imports.includes(to);
}

/** @param files paths of all files in the repository */
export function importProblems(files: readonly string[]): string[] {
  const sources = files.filter((file) => file.startsWith(SOURCES) && /(?<!\.test|\.d)\.ts$/.test(file));
  return sources.flatMap((file) =>
    importsOf(file).flatMap((target) => {
      if (!target.startsWith(SOURCES))
        return target.endsWith('.ts') ? [`${file}: imports ${target}, outside of the server`] : [];
      const [from, to] = [moduleOf(file), moduleOf(target)];
      return mayImport(from, to) ? [] : [`${file}: ${from} may not import ${to} (scripts/modules.ts)`];
    }),
  );
}

/** @returns the table for ARCHITECTURE.md */
export function moduleTable(): string {
  const rows = Object.entries(MODULES).map(([name, { does, imports }]) => {
    const list = imports.includes('*') ? 'all' : imports.join(', ') || '–';
    return `| \`${name}${name === 'main' ? '.ts' : '/'}\` | ${does} | ${list} |`;
  });
  return ['| module | responsibility | may import |', '| --- | --- | --- |', ...rows].join('\n');
}
