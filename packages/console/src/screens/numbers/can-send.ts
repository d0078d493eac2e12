import type { PhoneNumber } from '../../api/types.ts';
import { MMS_PROBLEMS } from './mms-problems.tsx';

/** Message types that the number can send, or the reason why it can send none. */
export function canSend(number: PhoneNumber): string {
  const { status, smsEnabled, mmsEnabled, mmsProblem } = number;
  if (status !== 'ACTIVE') return 'no (not active)';
  if (lacksCampaign(number)) return 'no (no campaign)';
  if (mmsProblem === 'CARRIER_NOT_CONFIGURED') return MMS_PROBLEMS[mmsProblem];
  return (
    [smsEnabled && 'SMS', mmsEnabled && (mmsProblem ? MMS_PROBLEMS[mmsProblem] : 'MMS')].filter(Boolean).join(', ') ||
    'no'
  );
}

/** Whether the number is active and has the campaign that it needs. */
export function isUsable(number: Pick<PhoneNumber, 'status' | 'e164' | 'type' | 'campaignRegId'>): boolean {
  return number.status === 'ACTIVE' && !lacksCampaign(number);
}

/** Only long codes of country code 1 need a campaign. The API omits the type of a long code. */
function lacksCampaign({ e164, type = 'LONG_CODE', campaignRegId }: Omit<Parameters<typeof isUsable>[0], 'status'>) {
  return campaignRegId === null && type === 'LONG_CODE' && e164.startsWith('+1');
}
