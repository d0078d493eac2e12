import type { Receiver } from './receiver.ts';
import type { Answer, TestRedCloud } from './redcloud.ts';

/** The working number of the sandbox. */
const NUMBER = '+15551234567';

/** A handset for one test. */
export interface Handset {
  e164: string;
  /** Sends a text to the sandbox's number, or to another number. */
  write(text: string, more?: Record<string, unknown>): Promise<Answer>;
  /** Resolves when at least `count` messages to the handset are accepted. @returns their ids. */
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
