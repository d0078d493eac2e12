import type { MediaCapabilities } from '../carriers/capabilities.ts';
import type {
  Carrier,
  CarrierHandlers,
  LinkState,
  LongMessages,
  Submission,
  SubmitResult,
  Unsent,
} from '../carriers/carrier.ts';
import { LINKS_TOPIC, LinkLeases } from '../cluster/links.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Holder } from '../queue/job.ts';
import { StateLog } from './state-log.ts';

/** Interval at which a standby process checks for a free link, in milliseconds. */
const ACQUIRE_EVERY_MS = 1_000;

export interface LinkOptions {
  db: Db;
  log: Log;
  holder: Holder;
  name: string;
  /** Number of processes that the carrier allows at once. */
  links: number;
  /** MMS of the carrier, also while another process has the link. Undefined: no MMS. */
  media?: MediaCapabilities | undefined;
  create(): Carrier;
  handlers: CarrierHandlers;
  /** Called when this process may submit. */
  onUp(): void;
}

/**
 * A carrier, in one of the processes that may be bound to it. Other processes stand by. A standby process checks for a
 * free link every second, and is notified when a link is released. The links of an evicted process are freed along with
 * its other leases (cluster/heartbeat.ts).
 */
export class Link {
  readonly name: string;
  readonly #options: LinkOptions;
  readonly #leases: LinkLeases;
  readonly #states: StateLog;
  #carrier: Carrier | undefined;
  /** Epoch of the process when it last confirmed its link. */
  #epoch = 0;
  /** Stop of the previous carrier. A new carrier starts only after it. */
  #ending: Promise<void> = Promise.resolve();
  /** Separate loops, because the store may not respond while another process is about to bind. */
  readonly #expiry: Loop;
  readonly #acquisition: Loop;
  #unlisten: () => void = () => undefined;
  /** Whether the last start failed. The release that follows wakes this process too, which must not try again at once. */
  #hasFailed = false;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.name = options.name;
    this.#options = options;
    this.#states = new StateLog(options);
    this.#leases = new LinkLeases(options.db, options.name, options.links, options.holder.id);
    this.#expiry = this.#loop(() => this.#dropIfExpired());
    this.#acquisition = this.#loop(() => this.#acquire());
  }

  #loop(run: () => Promise<void>): Loop {
    const onError = ({ message }: Error) =>
      this.#options.log.warn({ event: 'link_failed', carrier: this.name, reason: message });
    return new Loop({ everyMs: ACQUIRE_EVERY_MS, run, onError });
  }

  /** Resolves after the first check, whether bound or on standby. */
  async start(): Promise<void> {
    await this.#leases.open();
    await this.#acquisition.now();
    this.#unlisten = this.#options.db.onWake(LINKS_TOPIC, () => {
      if (!this.#hasFailed) void this.#acquisition.now();
    });
    this.#expiry.start();
    this.#acquisition.start();
  }

  state(): LinkState | 'standby' {
    return this.#carrier?.state() ?? 'standby';
  }

  get media(): MediaCapabilities | undefined {
    return this.#options.media;
  }

  get longMessages(): LongMessages | undefined {
    return this.#carrier?.longMessages;
  }

  wantsUcs2(text: string): boolean {
    return this.#carrier?.wantsUcs2?.(text) ?? false;
  }

  /** Why the link is not up. */
  get reason(): string | undefined {
    return this.#states.reason;
  }

  /** Checks the credentials or the link, without a message. @returns the problem, or undefined. */
  async check(): Promise<string | undefined> {
    return this.#carrier?.check?.();
  }

  rest(): void {
    this.#carrier?.rest?.();
  }

  /** 0 while another process has the link, or may have it. */
  capacity(): number {
    return this.#has() ? (this.#carrier?.capacity() ?? 0) : 0;
  }

  giveBack(which: Unsent): void {
    this.#carrier?.giveBack?.(which);
  }

  async submit(submission: Submission, mayLeave?: () => boolean, onThrottled?: () => void): Promise<SubmitResult> {
    if (!this.#carrier || !this.#has()) return { outcome: 'unreachable', reason: 'another process has the link' };
    return this.#carrier.submit(submission, () => this.#has() && (mayLeave?.() ?? true), onThrottled);
  }

  /** A process whose epoch changed may have lost its link, and must confirm it before it submits. */
  #has(): boolean {
    const { holder } = this.#options;
    return holder.alive() && holder.epoch === this.#epoch;
  }

  /** Releases the link, so that another process can take it at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten();
    await Promise.all([this.#expiry.stop(), this.#acquisition.stop()]);
    await this.#unbind('stopped');
  }

  async #dropIfExpired(): Promise<void> {
    if (!this.#options.holder.alive()) await this.#drop('heartbeat expired');
  }

  async #acquire(): Promise<void> {
    const { holder } = this.#options;
    if (this.#stopped) return;
    if (!holder.alive()) return this.#drop('heartbeat expired');
    const { epoch } = holder;
    const link = await this.#leases.hold();
    if (link === undefined) return this.#drop('taken over');
    const isConfirmed = this.#epoch === epoch;
    this.#epoch = epoch;
    if (this.#carrier) {
      // Messages have waited since the epoch changed.
      if (!isConfirmed) this.#options.onUp();
      return;
    }
    await this.#ending;
    await this.#bind(link);
  }

  async #bind(link: number): Promise<void> {
    const { create, handlers, log } = this.#options;
    const carrier = create();
    try {
      await carrier.start({ ...handlers, onState: (_name, state, reason) => this.#states.report(state, reason) });
    } catch (error) {
      this.#hasFailed = true;
      // Another process may be able to start the carrier.
      await this.#leases.release();
      throw error;
    }
    this.#hasFailed = false;
    this.#carrier = carrier;
    log.info({ event: 'link_held', carrier: this.name, link, state: carrier.state() });
    this.#options.onUp();
  }

  #drop(reason: string): Promise<void> {
    const carrier = this.#carrier;
    this.#carrier = undefined;
    if (!carrier) return this.#ending;
    this.#options.log.warn({ event: 'link_lost', carrier: this.name, reason });
    this.#ending = carrier.stop().catch((error) => {
      this.#options.log.error({ event: 'carrier_stop_failed', carrier: this.name, err: error });
    });
    return this.#ending;
  }

  async #unbind(reason: string): Promise<void> {
    const carrier = this.#carrier;
    this.#carrier = undefined;
    await this.#ending;
    await carrier?.stop();
    await this.#leases.release();
    if (carrier) this.#options.log.info({ event: 'link_released', carrier: this.name, reason });
  }
}
