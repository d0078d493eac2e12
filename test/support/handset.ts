import type { Receiver } from './receiver.ts';
import type { Answer, TestRedCloud } from './redcloud.ts';

/** The sandbox's working number. */
const NUMBER = '+15551234567';

/** A handset of the test's own. */
export interface Handset {
  e164: string;
  /** Writes to the sandbox's number, or to another. */
  write(text: string, more?: Record<string, unknown>): Promise<Answer>;
  /** Resolves with the ids of the messages that were accepted for it, when there are so many. */
  got(count: number): Promise<string[]>;
}

export function handset(redcloud: TestRedCloud, receiver: Receiver, e164: string): Handset {
  const ids = () =>
    receiver.deliveries
      .filter(({ body }) => body.type === 'message.queued' && body.to === e164)
      .map(({ body }) => body);
  return {
    e164,
    write: (text, more = {}) =>
      redcloud.call('/sandbox/inbound', {
        method: 'POST',
        token: null,
        body: { from: e164, to: NUMBER, text, ...more },
      }),
    async got(count) {
      await receiver.until(() => ids().length >= count);
      return ids().map(({ messageId }) => messageId);
    },
  };
}
