import type { Submission } from '#carriers/carrier.ts';

/** A short SMS of one segment. */
export function submissionOf(changes: Partial<Submission> = {}): Submission {
  return {
    reference: 'msg_A/1',
    attempt: 1,
    from: '+15551234567',
    to: '+15557654321',
    messageType: 'SMS',
    text: 'Hello',
    encoding: 'GSM7',
    latin1: true,
    media: null,
    campaignId: null,
    validSeconds: null,
    segments: 1,
    part: 1,
    parts: 1,
    ...changes,
  };
}
