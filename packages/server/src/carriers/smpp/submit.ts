import { codeText, groupOf, joined, type Tlv } from '@redcloud/smpp';
import type { Submission } from '../carrier.ts';
import { type Address, addressOf } from './address.ts';
import type { SmppSettings } from './settings.ts';

/** Most octets of a short_message (SMPP 3.4, §5.2.22). Longer texts are sent as message_payload. */
const SHORT_MESSAGE = 254;
/** Most octets of one segment. Septets are sent unpacked, one per octet (TS 23.038 §6.1.2.1). */
const SEGMENT = { GSM7: 160, UCS2: 140 } as const;
const MAX_ADDRESS = 20;

export interface SubmitSm {
  fields: Record<string, unknown>;
  tlvs: Tlv[];
}

/** Fields of a submit_sm for a segment. @returns the reason as `refused` if SMPP cannot carry the segment. */
export function submitSm(submission: Submission, settings: SmppSettings): SubmitSm | { refused: string } {
  const { from, to, text, encoding, reference, part, parts } = submission;
  if (submission.messageType === 'MMS' || text === null || encoding === null)
    return { refused: 'SMPP does not support MMS' };
  const source = addressOf(from, settings.addresses);
  const destination = addressOf(to, settings.addresses);
  if ([source, destination].some(({ value }) => value.length > MAX_ADDRESS))
    return { refused: 'an address is too long' };
  const { dataCoding, bytes } = codeText(text, encoding, settings, submission.latin1);
  const { esmClass, bytes: message, tlvs } = joined(bytes, { part, parts }, groupOf(reference), settings.longMessages);
  const whole = settings.longMessages === 'message_payload' && parts === 1;
  const fits = message.length <= (whole ? SEGMENT[encoding] : SHORT_MESSAGE);
  return {
    fields: {
      service_type: settings.serviceType,
      ...prefixed('source', 'source_addr', source),
      ...prefixed('dest', 'destination_addr', destination),
      esm_class: esmClass,
      data_coding: dataCoding,
      registered_delivery: settings.registeredDelivery,
      validity_period: validityPeriod(submission.validSeconds, settings.validitySeconds),
      short_message: fits ? message : Buffer.alloc(0),
      ...(fits ? {} : { message_payload: message }),
      ...tlvs,
    },
    tlvs: ownTlvs(settings, submission.campaignId),
  };
}

/** Rest of the validity, at most `most` seconds. Empty: the limit of the SMSC (SMPP 3.4, §5.2.16). */
function validityPeriod(left: number | null, most: number | undefined): string {
  const seconds = Math.min(left ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(seconds) ? relativeTime(seconds) : '';
}

function prefixed(prefix: 'source' | 'dest', name: string, { ton, npi, value }: Address) {
  return { [`${prefix}_addr_ton`]: ton, [`${prefix}_addr_npi`]: npi, [name]: value };
}

function ownTlvs({ tlvs, campaignTlv }: SmppSettings, campaignId: string | null): Tlv[] {
  const fixed = Object.entries(tlvs).map(([tag, value]) => ({
    tag: Number(tag),
    value: typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value.hex, 'hex'),
  }));
  if (campaignTlv === undefined || campaignId === null) return fixed;
  return [...fixed, { tag: Number(campaignTlv), value: Buffer.from(campaignId, 'latin1') }];
}

/** Relative time `YYMMDDhhmmss000R` (SMPP 3.4, §7.1.1). Written in days at most, because months differ in length. */
export function relativeTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = seconds / 86_400;
  return `0000${two(days)}${two((seconds / 3_600) % 24)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`;
}
