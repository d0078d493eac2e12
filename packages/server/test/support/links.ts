import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Carrier, CarrierHandlers, LinkState, Submission, SubmitResult } from '#carriers/carrier.ts';
import { DatabaseUnavailable, type Db } from '#db/db.ts';
import { Link } from '#outbound/link.ts';
import { createLog } from '#platform/log.ts';
import type { Holder } from '#queue/job.ts';
import { ownStores } from './own-store.ts';

/** Interval of the checks of a standby process, in milliseconds. */
export const LOOK_MS = 1_000;

/** A holder whose heartbeat state the test sets, or that follows a `Heartbeat`. */
class TestHolder implements Holder {
  readonly id: string;
  readonly #heartbeat: Holder | undefined;
  #living = true;
  #epoch = 1;

  constructor(id: string, heartbeat: Holder | undefined) {
    this.id = id;
    this.#heartbeat = heartbeat;
  }

  get epoch(): number {
    return this.#heartbeat?.epoch ?? this.#epoch;
  }

  alive(): boolean {
    return this.#heartbeat?.alive() ?? this.#living;
  }

  get living(): boolean {
    return this.#living;
  }

  set living(living: boolean) {
    if (living && !this.#living) this.#epoch += 1;
    this.#living = living;
  }
}

/** Counts statements in progress. */
type Counted = <T>(work: Promise<T>) => Promise<T>;

/** Sends and receives the notifications of one run of a test. */
type Wakes = (on: Db) => Pick<Db, 'wake' | 'onWake'>;

/** Access of one process to the store, with statements that fail or hang on request. */
class StoreAccess {
  readonly db: Db;
  #away = false;
  #hanging: PromiseWithResolvers<void> | undefined;

  constructor(on: Db, counted: Counted, wakes: Wakes) {
    const query = async (sql: string, params?: readonly unknown[]) => {
      await this.#hanging?.promise;
      return on.query(sql, params);
    };
    this.db = {
      kind: on.kind,
      query: async (sql: string, params?: readonly unknown[]) => {
        if (this.#away) throw new DatabaseUnavailable('out of reach');
        return counted(query(sql, params));
      },
      transaction: on.transaction.bind(on),
      ...wakes(on),
      close: async () => undefined,
    } as Db;
  }

  cut(): void {
    this.#away = true;
  }

  restore(): void {
    this.#away = false;
    this.#hanging?.resolve();
    this.#hanging = undefined;
  }

  hang(): void {
    this.#hanging = Promise.withResolvers();
  }
}

/** Processes and carriers that are bound now, and the largest number so far. */
class Bindings {
  readonly names = new Set<string>();
  #most = 0;

  get most(): number {
    return this.#most;
  }

  add(name: string): void {
    this.names.add(name);
    this.#most = Math.max(this.#most, this.names.size);
  }

  clear(): void {
    this.names.clear();
    this.#most = 0;
  }
}

/** Carrier that records its calls, and delays or fails them on request. */
class TestCarrier implements Carrier {
  readonly name: string;
  readonly #side: Side;
  readonly #bindings: Bindings;
  #state: LinkState = 'down';

  constructor(name: string, side: Side, bindings: Bindings) {
    this.name = name;
    this.#side = side;
    this.#bindings = bindings;
  }

  get #binding(): string {
    return `${this.#side.holder.id} ${this.name}`;
  }

  async start(_: CarrierHandlers): Promise<void> {
    const { events, carrier } = this.#side;
    events.push('starts');
    await carrier.starting;
    if (carrier.failing) throw new Error('the carrier refuses');
    this.#state = 'up';
    this.#bindings.add(this.#binding);
  }

  async stop(): Promise<void> {
    const { events, carrier } = this.#side;
    events.push('stops');
    this.#state = 'down';
    await carrier.stopping;
    this.#bindings.names.delete(this.#binding);
    events.push('stopped');
  }

  state(): LinkState {
    return this.#state;
  }

  capacity(): number {
    return this.#state === 'up' ? 10 : 0;
  }

  async submit({ reference }: Submission): Promise<SubmitResult> {
    return { outcome: 'accepted', carrierRef: `${this.#side.holder.id} ${reference}` };
  }
}

interface SideParts {
  id: string;
  on: Db;
  links: number;
  name: string;
  heartbeat: Holder | undefined;
  counted: Counted;
  wakes: Wakes;
  bindings: Bindings;
}

/** A process with its own link. */
export class Side {
  readonly link: Link;
  /** Calls to its carriers, in order. */
  readonly events: string[] = [];
  readonly holder: TestHolder;
  /** Delays or fails the next calls to its carriers. */
  readonly carrier: {
    starting?: Promise<void> | undefined;
    stopping?: Promise<void> | undefined;
    failing?: boolean;
  } = {};
  readonly #access: StoreAccess;

  constructor({ id, on, links, name, heartbeat, counted, wakes, bindings }: SideParts) {
    this.holder = new TestHolder(id, heartbeat);
    this.#access = new StoreAccess(on, counted, wakes);
    this.link = new Link({
      ...{ db: this.#access.db, log: createLog('silent'), holder: this.holder, name, links },
      create: () => new TestCarrier(name, this, bindings),
      handlers: { onReport: async () => null, onInbound: async () => undefined },
      onUp: () => void this.events.push('up'),
    });
  }

  cut(): void {
    this.#access.cut();
  }

  restore(): void {
    this.#access.restore();
  }

  /** Makes all further statements of this process hang. */
  hang(): void {
    this.#access.hang();
  }
}

export const SUBMISSION = {
  reference: 'msg_1/1',
  attempt: 1,
  from: '+15550000001',
  to: '+15550000002',
  messageType: 'SMS' as const,
  text: 'x',
  encoding: 'GSM7' as const,
  latin1: true,
  campaignId: null,
  validSeconds: null,
  segments: 1,
  media: null,
  part: 1,
  parts: 1,
};

export const states = (...of: Side[]) => of.map(({ link }) => link.state());

/**
 * Registers the hooks of a test file about links to carriers. Each test begins without processes and links. Links of a
 * test are stopped at its end. The test decides when checks happen.
 * @returns access to the stores of two processes, and tools to start links and to let time pass.
 */
export function withLinks() {
  const opened = ownStores(2);
  const db = () => opened()[0] as Db;
  const sides: Side[] = [];
  const bindings = new Bindings();
  /** Statements in progress, of all processes. */
  let busy = 0;
  /** Number of the running test, or of the running part of it. */
  let run = 0;

  beforeEach(async () => {
    await db().query('truncate binds, processes, jobs');
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    forget();
  });
  afterEach(async () => {
    for (const side of sides) side.restore();
    await Promise.all(sides.map(({ link }) => link.stop()));
    vi.useRealTimers();
  });

  /**
   * Each run has its own topics. Otherwise the notification of a release at the end of the previous test, which
   * PostgreSQL delivers later, would start a check that this test did not ask for.
   */
  function wakes(on: Db): ReturnType<Wakes> {
    const own = (topic: string) => `${topic} ${run}`;
    return {
      wake: (topic) => on.wake(own(topic)),
      onWake: (topic, listener) => on.onWake(own(topic), listener),
    };
  }

  function forget(): void {
    run += 1;
    sides.length = 0;
    bindings.clear();
  }

  /** Stops all links of the running test, which then begins anew. */
  async function restart(): Promise<void> {
    for (const one of sides) await one.link.stop();
    forget();
    await db().query('truncate binds');
  }

  async function counted<T>(work: Promise<T>): Promise<T> {
    busy += 1;
    try {
      return await work;
    } finally {
      busy -= 1;
    }
  }

  /** A process with its own link. */
  function side(id: string, options: { links?: number; name?: string; heartbeat?: Holder } = {}): Side {
    const { links = 1, name = 'carrier', heartbeat } = options;
    const on = opened()[sides.length % 2] as Db;
    const created = new Side({ id, on, links, name, heartbeat, counted, wakes, bindings });
    sides.push(created);
    return created;
  }

  async function started(id: string, options?: Parameters<typeof side>[1]): Promise<Side> {
    const created = side(id, options);
    await created.link.start();
    return created;
  }

  /** Advances the time. Resolves when all processes have checked. */
  async function elapse(ms = LOOK_MS): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      vi.advanceTimersByTime(Math.min(left, 250));
      do for (let i = 0; i < 3; i += 1) await nextTurn();
      while (busy > 0);
    }
  }

  const heldBy = async () =>
    (await db().query<{ by: string | null }>('select held_by as by from binds order by carrier, link', [])).map(
      ({ by }) => by,
    );

  return {
    opened,
    db,
    bound: bindings.names,
    /** Largest number of processes and carriers that were bound at once. */
    mostBound: () => bindings.most,
    busy: () => busy,
    counted,
    wakes,
    restart,
    side,
    started,
    elapse,
    heldBy,
  };
}
