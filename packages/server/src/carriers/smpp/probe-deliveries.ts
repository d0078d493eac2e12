import {
  isReceipt,
  numberOf,
  type Pdu,
  type Receipt,
  readReceipt,
  receiptText,
  STATUS,
  stringOf,
  withoutQuotation,
} from '@redcloud/smpp';
import { ok, type Report, warning } from '../check/finding.ts';
import type { SmppCarrier } from './settings.ts';

/**
 * Deliveries of the carrier during a probe. A receipt from the handset of the probe is taken. Any other delivery belongs to
 * the server, so a temporary error makes the carrier deliver it again.
 */
export class Deliveries {
  readonly #settings: SmppCarrier;
  readonly #report: Report;
  readonly #handset: string | undefined;
  /** Refused deliveries that are reported. The carrier repeats them. */
  readonly #refused = new Set<string>();
  readonly #final = Promise.withResolvers<void>();

  /** @param handset recipient of the message. Undefined if no message is sent. */
  constructor(settings: SmppCarrier, report: Report, handset: string | undefined) {
    this.#settings = settings;
    this.#report = report;
    this.#handset = handset;
  }

  /** Resolves with the final receipt of the message. */
  get final(): Promise<void> {
    return this.#final.promise;
  }

  /** @returns the status of the response. */
  take(pdu: Pdu): number {
    const [from, to] = [stringOf(pdu, 'source_addr'), stringOf(pdu, 'destination_addr')];
    const coding = `data_coding ${numberOf(pdu, 'data_coding')}`;
    if (!isReceipt(pdu)) return this.#refuse('inbound message', `From ${from} to ${to}, ${coding}.`);
    if (!this.#isOwn(from)) return this.#refuse('other receipt', `From ${from}, for another message.`);
    this.#takeReceipt(pdu);
    return STATUS.ROK;
  }

  #refuse(subject: string, found: string): number {
    if (!this.#refused.has(found)) this.#report(ok(subject, `${found} The carrier will deliver it again.`));
    this.#refused.add(found);
    return STATUS.RX_T_APPN;
  }

  /** Whether a receipt comes from the handset. Carriers may use another format of its number. */
  #isOwn(address: string): boolean {
    const [own, given] = [this.#handset ?? '', address].map((text) => text.replace(/\D/g, '')) as [string, string];
    const length = Math.min(own.length, given.length, 7);
    return length > 0 && own.slice(-length) === given.slice(-length);
  }

  #takeReceipt(pdu: Pdu): void {
    const text = receiptText(pdu, this.#settings);
    const receipt = readReceipt(pdu, text);
    if (!receipt) {
      this.#report(
        warning('receipt', `Unreadable: ${withoutQuotation(text)}. Send it to the developers of Red Cloud.`),
      );
      return;
    }
    const source = pdu['receipted_message_id'] === undefined ? 'the text' : 'optional parameters';
    const found = `${describe(receipt)}, read from ${source}: ${withoutQuotation(text)}`;
    this.#report(receipt.state === 'FAILED' ? warning('receipt', found) : ok('receipt', found));
    if (receipt.state !== 'PENDING') this.#final.resolve();
  }
}

function describe({ id, status, state, errorCode }: Receipt): string {
  return `id ${id}, ${status} → ${state}${errorCode ? `, error ${errorCode}` : ''}`;
}
