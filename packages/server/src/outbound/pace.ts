import type { Allowance } from '../queue/claim.ts';

/** Segments per second that a carrier takes from one number, and from all numbers of one campaign. */
export interface PaceSettings {
  /** Segments per second of all numbers together. Absent: no limit. */
  total?: number;
  /** Segments per second of each number without an entry in `numbers`. Absent: no limit. */
  perNumber?: number;
  /** Segments per second of each campaign without an entry in `campaigns`. Absent: no limit. */
  perCampaign?: number;
  /** Segments per second, by E.164 number. */
  numbers: Readonly<Record<string, number>>;
  campaigns: Readonly<Record<string, number>>;
}

/** Sender of a segment. */
export interface Sender {
  numberId: string;
  from: string;
  campaignId: string | null;
}

/**
 * Milliseconds by which a message may be claimed before its time. Covers the time until the next poll. A small value,
 * because claimed messages that wait are interrupted if the process dies.
 */
const AHEAD_MS = 150;
/** Delay of a timer that the next segment makes up for, in milliseconds. A longer delay is not made up for. */
const LATE_MS = 10;
/** Time without a segment after which the state of a number or campaign is dropped, in milliseconds. */
const IDLE_MS = 60_000;
/** Maximum number of claimed messages of a number without cached state, whose campaign is unknown. */
const FIRST_CLAIM = 1;
const UNLIMITED = 1_000_000;

/** Admits segments at a steady pace, in the order of their calls. Unused time is not saved up. */
export class Pace {
  readonly #gap: () => number;
  #nextAt = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param perSecond segments per second as of now, more than 0. */
  constructor(perSecond: number | (() => number)) {
    this.#gap = typeof perSecond === 'number' ? () => 1_000 / perSecond : () => 1_000 / perSecond();
  }

  /**
   * Waits for the time of this segment, then for `first`, and then counts the segment as sent.
   * @returns the result of `first`, or false when `signal` ended the wait.
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

  /** Number of further segments that may be claimed now. */
  room(): number {
    const now = performance.now();
    const wait = Math.max(0, this.#nextAt - now);
    if (wait > AHEAD_MS) return 0;
    return Math.max(0, 1 + Math.floor((AHEAD_MS - wait) / this.#gap()) - this.#waiting);
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
    this.#nextAt = Math.max(this.#nextAt, performance.now() - LATE_MS) + this.#gap();
    return true;
  }

  #waitMs(): number {
    return this.#nextAt - performance.now();
  }
}

/** Resolves after `ms`, or when `signal` is aborted. */
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

/** Cached state of a number that sent recently. */
interface Known {
  /** undefined: the number has no limit. */
  pace: Pace | undefined;
  campaignId: string | null;
  seenAt: number;
}

/** The paces of all senders of one carrier, in this process. */
export class Paces {
  readonly #settings: PaceSettings;
  readonly #processes: () => number;
  /** Pace of all numbers together. Undefined: no limit. */
  readonly #total: Pace | undefined;
  readonly #numbers = new Map<string, Known>();
  readonly #campaigns = new Map<string, Pace>();
  #waiting = 0;

  /**
   * @param processes number of processes that share the limits. Each uses an equal share, so the sum is never exceeded.
   */
  constructor(settings: PaceSettings, processes: number | (() => number)) {
    this.#settings = settings;
    this.#processes = typeof processes === 'number' ? () => processes : processes;
    this.#total = settings.total === undefined ? undefined : this.#pace(settings.total);
  }

  /** Number of segments that wait for their pace. Waiting segments use none of the carrier's capacity. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves with true when a segment may be submitted, or with false when `signal` ended the wait. */
  async turn(sender: Sender, signal: AbortSignal): Promise<boolean> {
    const { pace } = this.#known(sender);
    const campaign = sender.campaignId === null ? undefined : this.#campaign(sender.campaignId);
    const inTotal = async () => (this.#total ? this.#total.take(signal) : true);
    const ofCampaign = async () => (campaign ? campaign.take(signal, inTotal) : inTotal());
    this.#waiting += 1;
    try {
      return await (pace ? pace.take(signal, ofCampaign) : ofCampaign());
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Messages that may be claimed of each number now. */
  allowance(): Allowance {
    this.#dropIdle();
    const lanes: Record<string, number> = {};
    for (const [id, { pace, campaignId }] of this.#numbers) {
      const campaign = campaignId === null ? undefined : this.#campaigns.get(campaignId);
      const room = [pace, campaign, this.#total].map((one) => one?.room() ?? UNLIMITED);
      lanes[id] = Math.min(...room);
    }
    return { lanes, others: FIRST_CLAIM };
  }

  #dropIdle(): void {
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
    return new Pace(() => perSecond / Math.max(1, this.#processes()));
  }
}
