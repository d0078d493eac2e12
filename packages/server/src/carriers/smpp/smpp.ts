import { randomUUID } from 'node:crypto';
import {
  type Answer,
  codedText,
  decodeText,
  isLatin1,
  isReceipt,
  messageOf,
  numberOf,
  type Pdu,
  placeOf,
  type Receipt,
  readReceipt,
  readUserData,
  receiptText,
  STATUS,
  statusName,
  stringOf,
  type Verdict,
  verdictOf,
  withoutQuotation,
} from '@redcloud/smpp';
import type {
  Carrier,
  CarrierHandlers,
  InboundMessage,
  LinkState,
  LongMessages,
  Report,
  Submission,
  SubmitResult,
  Unsent,
} from '../carrier.ts';
import { failureOf, routeSpecific } from '../failures.ts';
import { SerialByKey } from '../serial-by-key.ts';
import { textOf } from './address.ts';
import { Bind } from './bind.ts';
import { failureOfStatus } from './failures.ts';
import { Rate } from './rate.ts';
import type { SmppSettings } from './settings.ts';
import { SlotQueue, type Use } from './slots.ts';
import { type SubmitSm, submitSm } from './submit.ts';

export interface SmppOptions {
  settings: SmppSettings & { password: string };
  random?(): number;
}

/** Data of a submit, kept for a late response. */
type Tag = Pick<Submission, 'reference' | 'attempt'>;

/** Carrier adapter for SMPP 3.4. Sessions and decoding are implemented here, and encoding uses the `smpp` package. */
export class Smpp implements Carrier {
  readonly name: string;
  readonly longMessages: LongMessages;
  readonly #options: SmppOptions;
  readonly #statuses: ReadonlyMap<number, Verdict>;
  readonly #serial = new SerialByKey();
  /** Rate of the link, shared by all binds, because carriers limit all binds together. */
  readonly #rate = new Rate(monotonicMs);
  #binds: Bind<Tag>[] = [];
  #queue = new SlotQueue<Tag>([], this.#rate);
  #handlers: CarrierHandlers | undefined;
  #reported: string | undefined;

  constructor(options: SmppOptions) {
    this.#options = options;
    this.name = options.settings.name;
    this.longMessages = SPLIT[options.settings.longMessages];
    this.#statuses = new Map(
      Object.entries(options.settings.statusMap).map(([status, verdict]) => [Number(status), verdict]),
    );
  }

  /** Starts the binds. Resolves when a bind is up, or the first attempt of each has failed. */
  async start(handlers: CarrierHandlers): Promise<void> {
    this.#handlers = handlers;
    const first = Promise.withResolvers<void>();
    const onChange = () => {
      this.#queue.look();
      this.#tell();
      if (this.state() === 'up' || this.#binds.every(({ problem }) => problem)) first.resolve();
    };
    this.#binds = Array.from({ length: this.#options.settings.binds }, () => this.#bind(onChange));
    this.#queue = new SlotQueue(this.#binds, this.#rate);
    await first.promise;
  }

  rest(): void {
    this.#queue.stop();
  }

  wantsUcs2(text: string): boolean {
    const { defaultAlphabet } = this.#options.settings;
    return defaultAlphabet === 'latin1' && !isLatin1(text);
  }

  async stop(): Promise<void> {
    const binds = this.#binds;
    this.#handlers = undefined;
    this.#queue.stop();
    await Promise.all(binds.map((bind) => bind.stop()));
    this.#binds = [];
  }

  state(): LinkState {
    if (!this.#handlers) return 'down';
    if (this.#binds.some(({ session }) => session)) return 'up';
    return this.#binds.some(({ problem }) => problem?.misconfigured) ? 'misconfigured' : 'down';
  }

  capacity(): number {
    if (!this.#handlers) return 0;
    const binds = this.#binds.filter(({ session }) => session);
    if (binds.length === 0) return 0;
    const sum = (of: (bind: Bind<Tag>) => number) => binds.reduce((total, bind) => total + of(bind), 0);
    const window = sum(() => this.#options.settings.window) + Math.ceil(this.#rate.lately() * AHEAD_SECONDS);
    const perSecond = Math.min(
      this.#rate.current(),
      sum(({ pacer }) => pacer.perSecond),
    );
    // A claimed segment that waits here has an unknown outcome if the process dies.
    const soon = sum(({ session }) => session?.pending ?? 0) + 1 + Math.ceil(perSecond * SOON_SECONDS);
    return Math.min(window, soon);
  }

  giveBack(which: Unsent): void {
    this.#queue.giveBack(which);
  }

  async submit(
    submission: Submission,
    mayLeave: () => boolean = () => true,
    onThrottled: () => void = () => undefined,
  ): Promise<SubmitResult> {
    if (!this.#handlers) return { outcome: 'unreachable', reason: 'the link is stopped' };
    const pdu = submitSm(submission, this.#options.settings);
    if ('refused' in pdu) {
      return { outcome: 'rejected', permanent: true, carrierCode: 'NOT_SENDABLE', reason: pdu.refused };
    }
    return this.#serial.take(submission.to, () => this.#untilAnswered(pdu, submission, mayLeave, onThrottled));
  }

  /** Submits until the response is not throttled. A throttled segment is sent again first when the rate allows it. */
  #untilAnswered(
    { fields, tlvs }: SubmitSm,
    { reference, attempt, segments }: Submission,
    mayLeave: () => boolean,
    onThrottled: () => void,
  ): Promise<SubmitResult> {
    return new Promise((resolve, reject) => {
      /** Status of the last response that throttled the segment. */
      let throttled: string | undefined;
      const use: Use<Tag> = (slot) => {
        if (!slot) return resolve(this.#notSent(throttled));
        const { session, ticket } = slot;
        if (!mayLeave()) {
          this.#rate.unanswered(ticket);
          return resolve(this.#notSent(throttled));
        }
        session.request('submit_sm', fields, { reference, attempt }, tlvs).then((answer) => {
          const result = this.#resultOfAnswer(answer, reference);
          if (result === 'throttled') {
            throttled = answer.kind === 'answered' ? statusName(answer.response.command_status) : undefined;
            this.#rate.throttled(ticket);
            this.#queue.again(use, segments);
            onThrottled();
          } else {
            if (answer.kind === 'answered') this.#rate.accepted(ticket);
            else this.#rate.unanswered(ticket);
            resolve(result);
          }
          this.#queue.lookSoon();
        }, reject);
      };
      this.#queue.next(use, segments);
    });
  }

  /** @param throttled status with which the carrier refused the segment before. */
  #notSent(throttled: string | undefined): SubmitResult {
    if (throttled !== undefined) return { outcome: 'throttled', retryAfterMs: 0, carrierCode: throttled };
    return { outcome: 'unreachable', reason: this.#problem() ?? 'the segment was held back' };
  }

  #resultOfAnswer(answer: Answer<Pdu>, reference: string): SubmitResult | 'throttled' {
    if (answer.kind === 'answered') return this.#resultOf(answer.response, reference);
    const reason = answer.kind === 'lost' ? 'the session ended before the response' : 'no response in time';
    return { outcome: 'unknown', reason };
  }

  #resultOf(response: Pdu, reference: string): SubmitResult | 'throttled' {
    const status = response.command_status;
    if (status === STATUS.ROK) {
      const id = stringOf(response, 'message_id').trim();
      return { outcome: 'accepted', carrierRef: isReference(id) ? id : `none:${reference}` };
    }
    const verdict = verdictOf(status, this.#statuses);
    if (verdict === 'throttled') return 'throttled';
    const carrierCode = statusName(status);
    const code = failureOfStatus(status);
    const permanent = verdict === 'permanent';
    return {
      outcome: 'rejected',
      permanent,
      ...(permanent ? routeSpecific(code) : {}),
      carrierCode,
      reason: `submit_sm was rejected with ${carrierCode}`,
      code,
    };
  }

  #bind(onChange: () => void): Bind<Tag> {
    const { settings, random = Math.random } = this.#options;
    return new Bind<Tag>({
      peer: settings,
      roles: settings.bindMode === 'transceiver' ? ['transceiver'] : ['transmitter', 'receiver'],
      window: settings.window,
      most: share(settings),
      responseTimeoutMs: settings.responseSeconds * 1_000,
      enquireLinkMs: settings.enquireLinkSeconds * 1_000,
      now: monotonicMs,
      random,
      onDeliver: (pdu) => this.#deliver(pdu),
      // Without a record of the late response, the outcome stays unknown until a receipt or the outcome deadline.
      onLate: (tag, response) => void this.#late(tag, response).catch(() => undefined),
      onChange,
    });
  }

  #problem(): string | undefined {
    return this.#binds.map(({ problem }) => problem?.reason).find((reason) => reason !== undefined);
  }

  #tell(): void {
    const state = this.state();
    const reason = state === 'up' ? undefined : this.#problem();
    const report = `${state} ${reason}`;
    if (state !== 'up' && report === this.#reported) return;
    this.#reported = report;
    this.#handlers?.onState?.(this.name, state, reason);
  }

  /** Reports the late response to a submit whose outcome is unknown. */
  async #late({ reference, attempt }: Tag, response: Pdu): Promise<void> {
    const result = this.#resultOf(response, reference);
    if (result === 'throttled' || (result.outcome === 'rejected' && !result.permanent)) return;
    const raw = `late submit_sm_resp ${statusName(response.command_status)} ${stringOf(response, 'message_id')}`;
    if (result.outcome === 'accepted') {
      await this.#report({ carrierRef: result.carrierRef, reference, attempt, state: 'SENT', error: null, raw });
    } else if (result.outcome === 'rejected') {
      const { carrierCode, reason, code = 'CARRIER_REJECTED' } = result;
      const error = failureOf(code, carrierCode, reason);
      await this.#report({ carrierRef: null, reference, attempt, state: 'FAILED', error, raw });
    }
  }

  async #report(report: Report): Promise<void> {
    const handlers = this.#handlers;
    if (!handlers) throw new Error('stopped');
    await handlers.onReport(this.name, report);
  }

  /** Handles a receipt or message. Resolves with the status of the response, only after the commit. */
  async #deliver(pdu: Pdu): Promise<number> {
    const { settings } = this.#options;
    if (isReceipt(pdu)) {
      await this.#take(pdu, receiptText(pdu, settings));
      return STATUS.ROK;
    }
    const handlers = this.#handlers;
    if (!handlers) return STATUS.RX_T_APPN;
    const { fragment = placeOf(pdu), shift, bytes } = readUserData(numberOf(pdu, 'esm_class') ?? 0, messageOf(pdu));
    const coded = codedText(numberOf(pdu, 'data_coding') ?? 0, bytes, settings, shift);
    const message: InboundMessage = {
      carrierRef: randomUUID(),
      from: addressIn(pdu, 'source_addr', settings.countryCode),
      to: addressIn(pdu, 'destination_addr', settings.countryCode),
      messageType: 'SMS',
      text: decodeText(coded),
      media: null,
    };
    await handlers.onInbound(this.name, fragment ? { ...message, fragment: { ...fragment, coded } } : message);
    return STATUS.ROK;
  }

  async #take(pdu: Pdu, text: string): Promise<void> {
    const receipt = readReceipt(pdu, text);
    const raw = rawOf(pdu, text);
    if (!receipt || !isReference(receipt.id)) {
      await this.#report({ carrierRef: null, reference: null, state: 'PENDING', error: null, raw });
      return;
    }
    await this.#report({
      carrierRef: receipt.id,
      reference: null,
      state: receipt.state,
      error: errorOf(receipt),
      raw,
    });
  }
}

const SPLIT = { udh8: 6, udh16: 7, sar: 6, message_payload: 'whole' } as const;

/**
 * Limit of ids and addresses in characters. SMPP 3.4 allows 64 for ids (§5.2.23) and 20 for addresses, but carriers
 * exceed this. A longer id is ignored, and a longer address is cut.
 */
const LONGEST = 255;

/** Limit of a raw receipt in characters. A useful receipt has a tenth of the limit. */
const MOST_RAW = 2_000;

function isReference(id: string): boolean {
  return id !== '' && id.length <= LONGEST;
}

/** Segments beyond the window that are available while more are claimed, as seconds of the recent rate. */
const AHEAD_SECONDS = 0.1;
/** Time in seconds within which a claimed segment leaves at the current rate. */
const SOON_SECONDS = 0.25;

const monotonicMs = () => performance.now();

/** Limit in segments per second for one bind of one process. */
function share({ maxSegmentsPerSecond = Number.POSITIVE_INFINITY, binds, processes }: SmppSettings): number {
  return maxSegmentsPerSecond / binds / processes;
}

function addressIn(pdu: Pdu, field: 'source_addr' | 'destination_addr', countryCode: string | undefined): string {
  const ton = numberOf(pdu, field === 'source_addr' ? 'source_addr_ton' : 'dest_addr_ton') ?? 0;
  return textOf({ ton, value: stringOf(pdu, field).slice(0, LONGEST) }, countryCode);
}

function errorOf({ state, status, errorCode }: Receipt): Report['error'] {
  if (state !== 'FAILED') return null;
  return {
    code: 'UNDELIVERABLE',
    message: 'The carrier could not deliver the message',
    details: { carrierStatus: status, ...(errorCode === undefined ? {} : { carrierCode: errorCode }) },
  };
}

/** Raw receipt for support. Without the quotation at its end, which is the text of a sender. */
function rawOf(pdu: Pdu, text: string): string {
  const id = stringOf(pdu, 'receipted_message_id');
  const state = numberOf(pdu, 'message_state');
  const tlvs = id || state !== undefined ? `receipted_message_id:${id} message_state:${state} ` : '';
  return `${tlvs}${withoutQuotation(text)}`.slice(0, MOST_RAW);
}
