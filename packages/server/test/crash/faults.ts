/**
 * Preloaded into processes under test (`node --import`). Kills or stops the process, or changes its clock, at the
 * points in REDCLOUD_FAULT, a JSON list of faults (points.ts).
 */
import fs from 'node:fs';
import http, { type ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { Socket } from 'node:net';
import pg from 'pg';
import { ARM, type Fault, type Fired, type Moment, type Point, Statements } from './points.ts';

const faults: Fault[] = JSON.parse(process.env['REDCLOUD_FAULT'] ?? '[]');
let armed = process.env['REDCLOUD_ARMED'] === '1';
const passed = new Map<Point, number>();
const done = new Set<Fault>();
let answersLateMs = 0;

const writeSync = fs.writeSync;
const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread until the signal takes effect, because another thread may receive it. */
function hold(ms: number): void {
  Atomics.wait(sleeping, 0, 0, ms);
}

/** @param client connection of the statement, if the point is a statement. */
function fire(fault: Fault, client: pg.Client | undefined): void {
  done.add(fault);
  writeSync(2, `${JSON.stringify({ fired: true, pid: process.pid, ...fault } satisfies Fired)}\n`);
  const { action, ms = 0 } = fault;
  if (action === 'kill') {
    process.kill(process.pid, 'SIGKILL');
    hold(60_000);
  } else if (action === 'stop') {
    process.kill(process.pid, 'SIGSTOP');
    hold(20);
  } else if (action === 'cut') cut(client);
  else if (action === 'jump') jump(ms);
  else answersLateMs = ms;
}

function cut(client: pg.Client | undefined): void {
  (client as unknown as { connection: { stream: Socket } } | undefined)?.connection.stream.resetAndDestroy();
}

/** Changes the wall clock only. The monotonic clock (`performance`) cannot be set. */
function jump(ms: number): void {
  const Before = globalThis.Date;
  globalThis.Date = class extends Before {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [Before.now() + ms] : given) as [number]));
    }
    static override now(): number {
      return Before.now() + ms;
    }
  } as DateConstructor;
}

/** @returns how many times the process has reached the point, including this time. 0 before arming. */
function reach(point: Point): number {
  if (!armed) return 0;
  const nth = (passed.get(point) ?? 0) + 1;
  passed.set(point, nth);
  return nth;
}

/** Points that are often passed without work. A fault at such a point waits for a result with rows. */
const OFTEN_EMPTY = /^(claim\.|heartbeat\.evict|link\.hold)/;

interface Passing {
  client?: pg.Client;
  /** A result without rows. */
  empty?: boolean;
}

function pass(point: Point, moment: Moment, nth: number, { client, empty = false }: Passing = {}): void {
  if (nth === 0 || (empty && OFTEN_EMPTY.test(point))) return;
  for (const fault of faults) {
    if (!done.has(fault) && fault.point === point && fault.moment === moment && nth >= fault.nth) fire(fault, client);
  }
}

type Query = (this: pg.Client, config: unknown, values?: unknown, callback?: unknown) => unknown;
type Callback = (error: Error | null, result?: { rowCount: number | null }) => void;

const connections = new WeakMap<pg.Client, Statements>();

function pointOf(client: pg.Client, config: unknown): Point | undefined {
  const known = connections.get(client) ?? new Statements();
  connections.set(client, known);
  const text = typeof config === 'string' ? config : (config as { text?: string }).text;
  return known.next(text ?? '');
}

function watchStatements(): void {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  prototype.query = function (config, values, callback) {
    const point = pointOf(this, config);
    const nth = point ? reach(point) : 0;
    const answered = (result: { rowCount?: number | null } | undefined) => {
      if (point) pass(point, 'answered', nth, { client: this, empty: result?.rowCount === 0 });
    };
    if (point) pass(point, 'before', nth, { client: this });
    const result =
      typeof callback === 'function'
        ? query.call(this, config, values, late(callback as Callback, answered))
        : lateOrNow(query.call(this, config, values) as Promise<object>, answered);
    // The bytes of the statement are in the kernel here, because the connection is idle whenever the pool lends it.
    if (point) pass(point, 'sent', nth, { client: this });
    return result;
  };
}

function late(callback: Callback, answered: (result: object | undefined) => void): Callback {
  return (error, result) => {
    if (!error) answered(result);
    if (answersLateMs === 0) callback(error, result);
    else setTimeout(callback, answersLateMs, error, result);
  };
}

async function lateOrNow<T extends object>(asked: Promise<T>, answered: (result: T) => void): Promise<T> {
  const result = await asked;
  answered(result);
  if (answersLateMs > 0) await new Promise((resolve) => setTimeout(resolve, answersLateMs));
  return result;
}

/** The ledger of the simulator is its far side. A segment in the ledger was submitted. */
function watchLedger(): void {
  const watched = (fd: number, data: unknown, ...rest: unknown[]) => {
    const taken = typeof data === 'string' && data.startsWith('{"kind":"taken"');
    const nth = taken ? reach('submit') : 0;
    if (taken) pass('submit', 'before', nth);
    const written = (writeSync as (...args: unknown[]) => number)(fd, data, ...rest);
    if (taken) pass('submit', 'answered', nth);
    return written;
  };
  fs.writeSync = watched as typeof fs.writeSync;
  syncBuiltinESMExports();
}

/** Webhooks are the only requests that the server sends with Node's HTTP client. */
function watchPosts(): void {
  const request = http.request as (...args: unknown[]) => ClientRequest;
  const watched = (...args: unknown[]) => {
    const nth = reach('post');
    pass('post', 'before', nth);
    const made = request(...args);
    made.once('response', () => pass('post', 'answered', nth));
    return made;
  };
  http.request = watched as typeof http.request;
  syncBuiltinESMExports();
}

/** Files enter the storage by a rename. */
function watchMoves(): void {
  const { rename } = fs.promises;
  fs.promises.rename = async (...args) => {
    const nth = reach('file.move');
    pass('file.move', 'before', nth);
    await rename(...args);
    pass('file.move', 'answered', nth);
  };
  syncBuiltinESMExports();
}

process.on(ARM, () => {
  armed = true;
});
const about = new Set(faults.map(({ point }) => point));
if (faults.length > 0) watchStatements();
if (about.has('submit')) watchLedger();
if (about.has('post')) watchPosts();
if (about.has('file.move')) watchMoves();
