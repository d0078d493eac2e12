import type { CallbackItem, CallbackMedia, CallbackOptOut, CallbackRequest, Callbacks } from '#carriers/callbacks.ts';
import type { FileAtCarrier, InboundMessage, Report } from '#carriers/carrier.ts';
import type { References, SubmitName } from '#carriers/http/references.ts';
import type { Clock } from '#platform/clock.ts';
import { ApiError, invalidRequest, notFound } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';

/**
 * Maximum number of files of an inbound message that are copied. Vendors send up to 10 and, with an MMS layout, some more.
 * Further files are listed with an error.
 */
const MOST_FILES = 20;

/** Maximum number of reports of one callback in one transaction. */
const MOST_TOGETHER = 200;

/** Carrier that sends callbacks. */
export interface CallbackCarrier {
  name: string;
  callbacks: Callbacks;
  references: References;
  /** Milliseconds for copies of media before the response to a callback. */
  copyMs: number;
}

export interface ReceiverParts {
  /** @returns undefined for a carrier that sends no callbacks or is not configured. */
  carrierOf(name: string): CallbackCarrier | undefined;
  clock: Clock;
  log: Log;
  /** Resolves when the reports are committed in one transaction, each matched or parked. */
  onReports(carrier: string, reports: readonly Report[]): Promise<unknown>;
  /** Resolves when the message and its keyword are committed, and its files are copied or left to a worker. */
  onInbound(carrier: string, message: InboundMessage): Promise<void>;
  /** Records the opt-out that a carrier has reported. */
  onOptOut(optOut: CallbackOptOut): Promise<void>;
}

/**
 * Takes callbacks of carriers with an HTTP API. Nothing is interpreted before the signature or the credentials are
 * checked, and the response follows the commit. A repeated callback changes nothing.
 */
export class CallbackReceiver {
  readonly #parts: ReceiverParts;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  /** @throws ApiError with status 400, 401, 403 or 404. The callback then has no effect. */
  async take(name: string, request: CallbackRequest): Promise<void> {
    const carrier = this.#parts.carrierOf(name);
    if (!carrier) throw notFound('No such carrier');
    this.#verify(carrier, request);
    const items = this.#parse(carrier, request);
    const reports = items.filter((item) => item.kind === 'report');
    // All references are checked before any report takes effect.
    const taken = reports.map(({ reference, report }) => ({ ...report, ...verified(carrier, reference) }));
    await Promise.all([this.#takeReports(name, taken), ...items.map((item) => this.#takeOther(carrier, item))]);
  }

  /** Takes many reports in several transactions, one after the other, so that other callbacks are not delayed. */
  async #takeReports(name: string, reports: readonly Report[]): Promise<void> {
    for (let first = 0; first < reports.length; first += MOST_TOGETHER) {
      await this.#parts.onReports(name, reports.slice(first, first + MOST_TOGETHER));
    }
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
    const { onInbound, onOptOut } = this.#parts;
    if (item.kind === 'optOut') return onOptOut(item);
    if (item.kind !== 'inbound') return;
    const { carrierRef, from, to, text, isAnswered, media: all } = item;
    const files = all.map(fileOf);
    const message = { carrierRef, from, to, text, media: null, isAnswered };
    if (files.length === 0) return onInbound(carrier.name, { ...message, messageType: 'SMS' });
    await onInbound(carrier.name, { ...message, messageType: 'MMS', toCopy: { files, withinMs: carrier.copyMs } });
  }
}

/** @throws ApiError FORBIDDEN if this installation has not signed the reference for the carrier. */
function verified({ name, references }: CallbackCarrier, signed: string): SubmitName {
  const submit = references.verify(name, signed);
  if (submit) return submit;
  throw new ApiError('FORBIDDEN', 'The reference was not signed by this server');
}

function fileOf({ url, mimeType: given, byteLength: bytes }: CallbackMedia, index: number): FileAtCarrier {
  const [type = ''] = (given ?? '').split(';');
  const mimeType = type.trim().toLowerCase() || 'application/octet-stream';
  const byteLength = bytes ?? 0;
  if (index < MOST_FILES) return { url, mimeType, byteLength };
  return { url: '', mimeType, byteLength, error: `Only the first ${MOST_FILES} files of a message are copied` };
}
