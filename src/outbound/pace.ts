import type { Allowance } from '../queue/claim.ts';

/** How many segments a second a carrier takes of one number, and of all numbers of one campaign. */
export interface PaceSettings {
  /** Of each number that `numbers` does not name; absent: no limit. */
  perNumber?: number;
  /** Of each campaign that `campaigns` does not name; absent: no limit. */
  perCampaign?: number;
  /** By E.164. */
  numbers: Readonly<Record<string, number>>;
  campaigns: Readonly<Record<string, number>>;
}

/** Whose segment it is. */
export interface Sender {
  numberId: string;
  from: string;
  campaignId: string | null;
}

/**
 * So far ahead a message may be claimed: it is about how long it takes until the next look. What is claimed and waits would
 * be in doubt if the process died.
 */
const AHEAD_MS = 150;
/** Timers are late by some ms: that much is made up for, more is not. */
const LATE_MS = 10;
/** Whoever has sent nothing for so long is not remembered. */
const IDLE_MS = 60_000;
/** Of a number that is not remembered, and whose campaign is not known before. */
const FIRST_CLAIM = 1;
const UNLIMITED = 1_000_000;

/** One after the other at a steady pace, without saving up, in the order of asking. */
export class Pace {
  readonly #gapMs: number;
  #nextAt = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param perSecond more than 0. */
  constructor(perSecond: number) {
    this.#gapMs = 1_000 / perSecond;
  }

  /**
   * Waits for its time, then for `first`, and has gone then.
   * @returns what `first` says; false when `signal` ended the wait.
   */
  take(signal: AbortSignal, first: () => Promise<boolean> = async () => true): Promise<boolean> {
    this.#waiting += 1;
    const turn = this.#last
      .then(() => this.#go(signal, first))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = turn;
    return turn;
  }

  /** How many more may be on their way to their turn. */
  room(): number {
    const now = performance.now();
    const wait = Math.max(0, this.#nextAt - now);
    if (wait > AHEAD_MS) return 0;
    return Math.max(0, 1 + Math.floor((AHEAD_MS - wait) / this.#gapMs) - this.#waiting);
  }

  idle(): boolean {
    return this.#waiting === 0 && performance.now() - this.#nextAt > IDLE_MS;
  }

  async #go(signal: AbortSignal, first: () => Promise<boolean>): Promise<boolean> {
    for (let wait = this.#waitMs(); wait > 0; wait = this.#waitMs()) {
      if (signal.aborted) return false;
      await elapse(Math.ceil(wait), signal);
    }
    if (signal.aborted || !(await first())) return false;
    this.#nextAt = Math.max(this.#nextAt, performance.now() - LATE_MS) + this.#gapMs;
    return true;
  }

  #waitMs(): number {
    return this.#nextAt - performance.now();
  }
}

/** Resolves after so long, or when `signal` is aborted. */
function elapse(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What is known of a number that has sent lately. */
interface Known {
  /** Absent: it has none. */
  pace: Pace | undefined;
  campaignId: string | null;
  seenAt: number;
}

/** The paces of all who send by one carrier, in this process. */
export class Paces {
  readonly #settings: PaceSettings;
  readonly #processes: number;
  readonly #numbers = new Map<string, Known>();
  readonly #campaigns = new Map<string, Pace>();
  #waiting = 0;

  /** @param processes how many share what is allowed. Each keeps to its part, so that all together never exceed it. */
  constructor(settings: PaceSettings, processes: number) {
    this.#settings = settings;
    this.#processes = processes;
  }

  /** Segments that wait for their time: they take none of the carrier's room. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when a segment may go; with false when `signal` ended the wait. */
  async turn(sender: Sender, signal: AbortSignal): Promise<boolean> {
    const { pace } = this.#known(sender);
    const campaign = sender.campaignId === null ? undefined : this.#campaign(sender.campaignId);
    const ofCampaign = async () => (campaign ? campaign.take(signal) : true);
    this.#waiting += 1;
    try {
      return await (pace ? pace.take(signal, ofCampaign) : ofCampaign());
    } finally {
      this.#waiting -= 1;
    }
  }

  /** What may be claimed of each number now. */
  allowance(): Allowance {
    this.#forget();
    const lanes: Record<string, number> = {};
    for (const [id, { pace, campaignId }] of this.#numbers) {
      const campaign = campaignId === null ? undefined : this.#campaigns.get(campaignId);
      lanes[id] = Math.min(pace?.room() ?? UNLIMITED, campaign?.room() ?? UNLIMITED);
    }
    return { lanes, others: FIRST_CLAIM };
  }

  #forget(): void {
    const before = performance.now() - IDLE_MS;
    for (const [id, { pace, seenAt }] of this.#numbers) {
      if (seenAt < before && (pace?.idle() ?? true)) this.#numbers.delete(id);
    }
    for (const [id, pace] of this.#campaigns) if (pace.idle()) this.#campaigns.delete(id);
  }

  #known({ numberId, from, campaignId }: Sender): Known {
    const { perNumber, numbers } = this.#settings;
    const perSecond = numbers[from] ?? perNumber;
    const before = this.#numbers.get(numberId);
    const pace = before?.pace ?? (perSecond === undefined ? undefined : this.#pace(perSecond));
    const known = { pace, campaignId, seenAt: performance.now() };
    this.#numbers.set(numberId, known);
    return known;
  }

  #campaign(id: string): Pace | undefined {
    const known = this.#campaigns.get(id);
    if (known) return known;
    const perSecond = this.#settings.campaigns[id] ?? this.#settings.perCampaign;
    if (perSecond === undefined) return undefined;
    const pace = this.#pace(perSecond);
    this.#campaigns.set(id, pace);
    return pace;
  }

  #pace(perSecond: number): Pace {
    return new Pace(perSecond / this.#processes);
  }
}
