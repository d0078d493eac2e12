import type { InboundMessage } from '../carriers/carrier.ts';
import type { Clock } from '../clock.ts';
import { type Db, storable } from '../db/db.ts';
import type { Ids } from '../ids.ts';
import type { Log } from '../log.ts';
import { type Received, receive } from '../messages/receive.ts';
import { segment } from '../messages/segments.ts';
import type { Metrics } from '../metrics.ts';
import type { Numbers } from '../numbers/numbers.ts';

/** From a handset to the client whose number it wrote to. */
export function createInbound(parts: { db: Db; numbers: Numbers; ids: Ids; clock: Clock; log: Log; metrics: Metrics }) {
  const { db, numbers, ids, clock, log, metrics } = parts;

  return {
    /** Resolves when the message is committed, or known already. */
    async take(carrier: string, message: InboundMessage): Promise<void> {
      const number = await numbers.byAddress(storable(message.to));
      const owned = number?.apiClientId ? number : undefined;
      const text = message.text === null ? null : storable(message.text);
      const received: Received = {
        id: ids.next('msg'),
        apiClientId: owned?.apiClientId ?? null,
        numberId: owned?.numberId ?? null,
        from: storable(message.from),
        to: storable(message.to),
        messageType: message.messageType,
        text,
        media: message.media,
        segments: message.messageType === 'SMS' && text !== null ? segment(text).segments.length : null,
        carrier,
        carrierRef: storable(message.carrierRef),
      };
      const added = await receive(db, new Date(clock.now()), [received]);
      const outcome = !added.has(received.id) ? 'repeat' : owned ? 'new' : 'nobody';
      metrics.inbound.inc({ carrier, outcome });
      log.info({ event: 'inbound', carrier, outcome, messageId: received.id, numberId: received.numberId });
      if (outcome === 'new') db.wake('webhooks');
    },
  };
}
