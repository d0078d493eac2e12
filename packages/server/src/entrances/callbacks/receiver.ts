import type { CallbackInbound, CallbackItem, CallbackOptOut, CallbackRequest, Callbacks } from '#carriers/callbacks.ts';
import type { InboundMessage, Report } from '#carriers/carrier.ts';
import type { References } from '#carriers/http/references.ts';
import type { Clock } from '#platform/clock.ts';
import { ApiError, invalidRequest, notFound } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';

/** Carrier that sends callbacks. */
export interface CallbackCarrier {
  name: string;
  callbacks: Callbacks;
  references: References;
}

export interface ReceiverParts {
  carriers: readonly CallbackCarrier[];
  clock: Clock;
  log: Log;
  /** Resolves when the report is committed, matched or parked. */
  onReport(carrier: string, report: Report): Promise<unknown>;
  /** Resolves when the message and its keyword are committed. */
  onInbound(carrier: string, message: InboundMessage): Promise<void>;
  /** Records the opt-out that a carrier has reported. */
  onOptOut(optOut: CallbackOptOut): Promise<void>;
  /** Copies the media of an inbound message from the vendor. */
  copyMedia(carrier: CallbackCarrier, message: CallbackInbound): Promise<InboundMessage['media']>;
}

/**
 * Takes callbacks of carriers with an HTTP API. Nothing is interpreted before the signature or the credentials are
 * checked, and the response follows the commit. A repeated callback changes nothing.
 */
export class CallbackReceiver {
  readonly #parts: ReceiverParts;
  readonly #carriers: ReadonlyMap<string, CallbackCarrier>;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#carriers = new Map(parts.carriers.map((carrier) => [carrier.name, carrier]));
  }

  /** @throws ApiError with status 400, 401, 403 or 404. The callback then has no effect. */
  async take(name: string, request: CallbackRequest): Promise<void> {
    const carrier = this.#carriers.get(name);
    if (!carrier) throw notFound('No such carrier');
    this.#verify(carrier, request);
    const items = this.#parse(carrier, request);
    const reports = items.filter((item) => item.kind === 'report');
    // All references are checked before any report takes effect.
    const taken = reports.map(({ reference, report }) => ({ ...report, reference: verified(carrier, reference) }));
    await Promise.all([
      ...taken.map((report) => this.#parts.onReport(name, report)),
      ...items.map((item) => this.#takeOther(carrier, item)),
    ]);
  }

  #verify(carrier: CallbackCarrier, request: CallbackRequest): void {
    const { clock, log } = this.#parts;
    const result = carrier.callbacks.verify(request, clock.now());
    if (result === 'valid') return;
    log.warn({ event: 'callback_rejected', carrier: carrier.name, reason: result });
    if (result === 'unauthenticated') throw new ApiError('UNAUTHORIZED', 'The credentials are missing or wrong');
    throw new ApiError('FORBIDDEN', 'The signature does not match the request');
  }

  #parse({ name, callbacks }: CallbackCarrier, request: CallbackRequest): CallbackItem[] {
    try {
      return callbacks.parse(request);
    } catch (error) {
      this.#parts.log.warn({ event: 'callback_rejected', carrier: name, reason: (error as Error).message });
      throw invalidRequest('The body is not a callback of this carrier');
    }
  }

  async #takeOther(carrier: CallbackCarrier, item: CallbackItem): Promise<void> {
    const { onInbound, onOptOut, copyMedia } = this.#parts;
    if (item.kind === 'optOut') return onOptOut(item);
    if (item.kind !== 'inbound') return;
    const { carrierRef, from, to, text } = item;
    const media = item.media.length > 0 ? await copyMedia(carrier, item) : null;
    await onInbound(carrier.name, { carrierRef, from, to, messageType: media ? 'MMS' : 'SMS', text, media });
  }
}

/** @throws ApiError FORBIDDEN if this installation has not signed the reference for the carrier. */
function verified({ name, references }: CallbackCarrier, signed: string): string {
  const reference = references.verify(name, signed);
  if (reference !== undefined) return reference;
  throw new ApiError('FORBIDDEN', 'The reference was not signed by this server');
}
