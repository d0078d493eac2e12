import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Carrier, CarrierHandlers, LinkState } from '#carriers/carrier.ts';
import { DatabaseUnavailable, type Db } from '#db/db.ts';
import { Link } from '#outbound/link.ts';
import { createLog } from '#platform/log.ts';
import type { Holder } from '#queue/job.ts';
import { ownStores } from './own-store.ts';

/** Interval of the checks of a standby process, in milliseconds. */
export const LOOK_MS = 1_000;

export interface Side {
  link: Link;
  /** Calls to its carriers, in order. */
  events: string[];
  holder: TestHolder;
  /** Delays or fails the next calls to its carriers. */
  carrier: { starting?: Promise<void> | undefined; stopping?: Promise<void> | undefined; failing?: boolean };
  cut(): void;
  restore(): void;
  /** Makes all further statements of this process hang. */
  hang(): void;
}

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

export const SUBMISSION = {
  reference: 'msg_1/1',
  from: '+15550000001',
  to: '+15550000002',
  messageType: 'SMS' as const,
  text: 'x',
  encoding: 'GSM7' as const,
  latin1: true,
  campaignId: null,
  segments: 1,
  media: null,
  part: 1,
  parts: 1,
};

export const states = (...of: Side[]) => of.map(({ link }) => link.state());

/**
 * Registers the hooks of a test file about links to carriers: each test begins without processes and links, and its
 * links are stopped at its end. The test decides when checks happen.
 * @returns access to the stores of two processes, and tools to start links and to let time pass.
 */
export function withLinks() {
  const opened = ownStores(2);
  const db = () => opened()[0] as Db;
  const sides: Side[] = [];
  /** Processes and carriers that are bound now. */
  const bound = new Set<string>();
  let mostBound = 0;
  /** Statements in progress, of all processes. */
  let busy = 0;

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

  function forget(): void {
    sides.length = 0;
    bound.clear();
    mostBound = 0;
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
    const { links = 1, name = 'carrier' } = options;
    const on = opened()[sides.length % 2] as Db;
    const events: string[] = [];
    const carrier: Side['carrier'] = {};
    const holder = new TestHolder(id, options.heartbeat);
    let away = false;
    let hanging: { promise: Promise<void>; resolve(): void } | undefined;
    const db = {
      kind: on.kind,
      async query(sql: string, params?: readonly unknown[]) {
        if (away) throw new DatabaseUnavailable('out of reach');
        return counted(
          (async () => {
            await hanging?.promise;
            return on.query(sql, params);
          })(),
        );
      },
      transaction: on.transaction.bind(on),
      wake: on.wake.bind(on),
      onWake: on.onWake.bind(on),
      close: async () => undefined,
    } as Db;

    function create(): Carrier {
      const own = `${id} ${name}`;
      let state: LinkState = 'down';
      return {
        name,
        async start(_: CarrierHandlers) {
          events.push('starts');
          await carrier.starting;
          if (carrier.failing) throw new Error('the carrier refuses');
          state = 'up';
          bound.add(own);
          mostBound = Math.max(mostBound, bound.size);
        },
        async stop() {
          events.push('stops');
          state = 'down';
          await carrier.stopping;
          bound.delete(own);
          events.push('stopped');
        },
        state: () => state,
        capacity: () => (state === 'up' ? 10 : 0),
        submit: async ({ reference }) => ({ outcome: 'accepted', carrierRef: `${id} ${reference}` }),
      };
    }

    const handlers = { onReport: async () => null, onInbound: async () => undefined };
    const onUp = () => void events.push('up');
    const created: Side = {
      link: new Link({ db, log: createLog('silent'), holder, name, links, create, handlers, onUp }),
      events,
      holder,
      carrier,
      cut: () => {
        away = true;
      },
      restore() {
        away = false;
        hanging?.resolve();
        hanging = undefined;
      },
      hang() {
        hanging = Promise.withResolvers<void>();
      },
    };
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
    bound,
    /** Largest number of processes and carriers that were bound at once. */
    mostBound: () => mostBound,
    busy: () => busy,
    counted,
    restart,
    side,
    started,
    elapse,
    heldBy,
  };
}
