import type { MediaCapabilities } from '../carriers/capabilities.ts';
import type {
  Carrier,
  CarrierHandlers,
  LinkState,
  ListedMessage,
  LookUp,
  Submission,
  SubmitResult,
} from '../carriers/carrier.ts';
import type { Log } from '../platform/log.ts';
import type { Holder } from '../queue/job.ts';
import { StateLog } from './state-log.ts';

export interface SharedLinkOptions {
  log: Log;
  holder: Holder;
  name: string;
  /** Undefined: no MMS. */
  media: MediaCapabilities | undefined;
  /** Whether the carrier lists accepted messages. */
  canLookUp: boolean;
  create(): Carrier;
  handlers: CarrierHandlers;
  /** Called when this process may submit. */
  onUp(): void;
}

/** A carrier that every process may submit to at the same time, such as one with an HTTP API. */
export class SharedLink {
  readonly name: string;
  readonly media: MediaCapabilities | undefined;
  readonly longMessages = 'whole';
  readonly canLookUp: boolean;
  readonly #options: SharedLinkOptions;
  readonly #states: StateLog;
  #carrier: Carrier | undefined;

  constructor(options: SharedLinkOptions) {
    this.name = options.name;
    this.media = options.media;
    this.canLookUp = options.canLookUp;
    this.#options = options;
    this.#states = new StateLog(options);
  }

  async start(): Promise<void> {
    const { create, handlers } = this.#options;
    const carrier = create();
    this.#carrier = carrier;
    await carrier.start({ ...handlers, onState: (_name, state, reason) => this.#states.report(state, reason) });
  }

  async stop(): Promise<void> {
    await this.#carrier?.stop();
    this.#carrier = undefined;
  }

  state(): LinkState {
    return this.#carrier?.state() ?? 'down';
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

  /** 0 while another process may take the messages of this one. */
  capacity(): number {
    return this.#options.holder.alive() ? (this.#carrier?.capacity() ?? 0) : 0;
  }

  async lookUp(search: LookUp): Promise<ListedMessage[] | undefined> {
    return this.#carrier?.lookUp?.(search);
  }

  async submit(submission: Submission, mayLeave: () => boolean = () => true): Promise<SubmitResult> {
    if (!this.#carrier) return { outcome: 'unreachable', reason: 'the carrier is stopped' };
    return this.#carrier.submit(submission, () => this.#options.holder.alive() && mayLeave());
  }
}
