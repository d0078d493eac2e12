import { senderTypeOf } from '../platform/phone-numbers.ts';
import type { PhoneNumber } from './numbers.ts';

/** Only long codes of country code 1 require a campaign (A2P 10DLC). */
export function requiresCampaign({ e164 }: Pick<PhoneNumber, 'e164'>): boolean {
  return e164.startsWith('+1') && senderTypeOf(e164) === 'LONG_CODE';
}

/** Whether a number may send messages of a type now. */
export function canSend(number: PhoneNumber, messageType: 'SMS' | 'MMS'): boolean {
  const { status, smsEnabled, mmsEnabled, campaignRegId } = number;
  const isEnabled = messageType === 'SMS' ? smsEnabled : mmsEnabled;
  return status === 'ACTIVE' && isEnabled && (!requiresCampaign(number) || Boolean(campaignRegId));
}
