import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import { LINK_REPORTS, PAUSE, PAUSED, RESUME } from './sql.ts';

/** Topic that wakes processes when a carrier was paused or resumed, or a link has changed its state. */
const TOPIC = 'carriers';
const EVERY_MS = 1_000;

/** Link of one process to a carrier, as the process reports it with its heartbeat. */
export interface LinkReport {
  name: string;
  /** `standby`: another process has the link. */
  state: string;
  /** Why the carrier accepts no message. Absent: it does. */
  problem?: string | undefined;
  /** Whether a message may test the carrier, whose circuit breaker is open. */
  isTestDue?: boolean;
  /** Why the link is not up. */
  reason?: string | undefined;
  /** Share of failed submits of the last minute, from 0 to 1. */
  failureShare?: number | undefined;
  /** Segments that may be in progress at once. */
  window?: number;
  /** Hash of the settings of the carrier, to find processes with other settings. */
  configHash?: string;
}

export interface CarrierStatesParts {
  db: Db;
  clock: Clock;
  log: Log;
  /** Called after a carrier was paused or resumed. */
  onPauses(): void;
}

/**
 * Carriers as all processes see them: the paused ones, and the links that living processes report. Read every second, and after
 * each announced change.
 */
export class CarrierStates {
  readonly #parts: CarrierStatesParts;
  readonly #loop: Loop;
  #unlisten: () => void = () => undefined;
  /** Number of the latest read. */
  #reads = 0;
  /** Number of the read that gave the current states. */
  #applied = 0;
  #paused: ReadonlySet<string> = new Set();
  #reports: ReadonlyMap<string, readonly LinkReport[]> = new Map();
  #linked = 0;
  #configured: ReadonlySet<string> = new Set();

  constructor(parts: CarrierStatesParts) {
    this.#parts = parts;
    const onError = ({ message }: Error) => parts.log.warn({ event: 'carrier_states_failed', reason: message });
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#read(), onError });
  }

  /** Resolves after the first read. A paused carrier must not submit before it. @throws if the store is unavailable. */
  async start(): Promise<void> {
    await this.#read();
    this.#unlisten = this.#parts.db.onWake(TOPIC, () => this.#loop.wake());
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unlisten();
    await this.#loop.stop();
  }

  /** Reads the current states. */
  refresh(): Promise<void> {
    return this.#read();
  }

  isPaused(carrier: string): boolean {
    return this.#paused.has(carrier);
  }

  /** Links of living processes to a carrier. */
  reportsOf(carrier: string): readonly LinkReport[] {
    return this.#reports.get(carrier) ?? [];
  }

  /** Whether a living process has the carrier in its settings. */
  isConfigured(carrier: string): boolean {
    return this.#configured.has(carrier);
  }

  /** Living processes that report links. */
  get linkedProcesses(): number {
    return this.#linked;
  }

  /**
   * Stops the submits to a carrier in all processes, within two seconds and until `resume`.
   * @param actor operator or program that pauses the carrier.
   */
  async pause(carrier: string, actor: string): Promise<void> {
    const { db, clock } = this.#parts;
    await run(db, PAUSE, carrier, actor, new Date(clock.now()));
    await this.#changed();
  }

  async resume(carrier: string): Promise<void> {
    await run(this.#parts.db, RESUME, carrier);
    await this.#changed();
  }

  /** Tells other processes that a link of this process has changed its state, after the heartbeat has it. */
  announce(): void {
    this.#parts.db.wake(TOPIC);
  }

  async #changed(): Promise<void> {
    await this.#read();
    this.announce();
  }

  async #read(): Promise<void> {
    const { db, clock, onPauses } = this.#parts;
    this.#reads += 1;
    const number = this.#reads;
    const paused = new Set((await run(db, PAUSED)).map(({ carrier }) => carrier));
    const rows = await run(db, LINK_REPORTS, new Date(clock.now()));
    // A read that began earlier may end later. Its states are outdated: a carrier would be submitted to after its pause.
    if (number < this.#applied) return;
    this.#applied = number;
    const reports = rows.flatMap(({ links }) => (links as LinkReport[] | null) ?? []);
    this.#configured = new Set(rows.flatMap(({ carriers }) => (carriers as string[] | null) ?? []));
    this.#linked = rows.filter(({ links }) => Array.isArray(links) && links.length > 0).length;
    this.#reports = Map.groupBy(reports, ({ name }) => name);
    const isSame = paused.symmetricDifference(this.#paused).size === 0;
    this.#paused = paused;
    if (!isSame) onPauses();
  }
}
