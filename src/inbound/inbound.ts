import { randomUUID } from 'node:crypto';
import type { InboundMessage } from '../carriers/carrier.ts';
import type { Clock } from '../clock.ts';
import { type Db, type Queryable, storable } from '../db/db.ts';
import type { Ids } from '../ids.ts';
import type { Log } from '../log.ts';
import { type Received, receive } from '../messages/receive.ts';
import { segment } from '../messages/segments.ts';
import type { Metrics } from '../metrics.ts';
import type { Numbers, PhoneNumber } from '../numbers/numbers.ts';
import { OPT_OUT_TYPE, readKeyword } from '../optouts/keywords.ts';
import type { OptOuts } from '../optouts/optouts.ts';
import type { Queue } from '../queue/queue.ts';
import { addFragment, forgetJoined, joinWhatIsThere, overdueGroups } from './fragments.ts';
import { createFulfil, type Fulfilled, isOwned } from './wishes.ts';

/** So long the parts of a message are waited for; then what is there is the message. */
const FRAGMENTS_MS = 120_000;
const JOINED_MS = 3_600_000;
const SWEEP_MS = 10_000;

type Fragmented = InboundMessage & { fragment: NonNullable<InboundMessage['fragment']> };

interface Stored {
  carrier: string;
  outcome: 'new' | 'repeat' | 'nobody';
  messageId: string;
  numberId: string | null;
}

interface Taken extends Stored {
  fulfilled?: Fulfilled;
}

export interface InboundParts {
  db: Db;
  numbers: Numbers;
  optOuts: OptOuts;
  queue: Queue;
  ids: Ids;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** From a handset to the client whose number it wrote to. */
export function createInbound(parts: InboundParts) {
  const { db, numbers, optOuts, ids, clock, log, metrics } = parts;
  const fulfil = createFulfil(parts);

  /** Asked before any transaction: on the embedded store it would wait for that. */
  async function ownerOf(to: string): Promise<PhoneNumber | undefined> {
    const number = await numbers.byAddress(storable(to));
    return number?.apiClientId ? number : undefined;
  }

  /** @param on a transaction, where the text is a keyword to a number that is somebody's. */
  async function store(
    on: Queryable,
    owned: PhoneNumber | undefined,
    carrier: string,
    message: InboundMessage,
  ): Promise<Taken> {
    const text = message.text === null ? null : storable(message.text);
    const keyword = readKeyword(text, message.from);
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
      keyword: keyword?.keyword ?? null,
      optOutType: keyword ? OPT_OUT_TYPE[keyword.wish] : null,
      carrier,
      carrierRef: storable(message.carrierRef),
    };
    const added = await receive(on, new Date(clock.now()), [received]);
    const outcome = !added.has(received.id) ? 'repeat' : owned ? 'new' : 'nobody';
    const stored: Stored = { carrier, outcome, messageId: received.id, numberId: received.numberId };
    if (!keyword || outcome !== 'new' || !isOwned(received)) return stored;
    return { ...stored, fulfilled: await fulfil(on, received, keyword) };
  }

  function told({ fulfilled, ...stored }: Taken): void {
    const { carrier, outcome } = stored;
    metrics.inbound.inc({ carrier, outcome });
    log.info({ event: 'inbound', ...stored, ...(fulfilled ? { wish: fulfilled.wish } : {}) });
    if (outcome === 'new') db.wake('webhooks');
    if (!fulfilled) return;
    if (fulfilled.made) optOuts.committed(fulfilled.made);
    db.wake('replies');
  }

  async function takeWhole(carrier: string, message: InboundMessage): Promise<Stored> {
    const owned = await ownerOf(message.to);
    const several = owned && readKeyword(message.text, message.from);
    const taken = several
      ? await db.transaction((tx) => store(tx, owned, carrier, message))
      : await store(db, owned, carrier, message);
    told(taken);
    return taken;
  }

  /** In one transaction: a part is kept or its message is there, and never both or neither. */
  async function takeFragment(carrier: string, { fragment, ...message }: Fragmented): Promise<void> {
    const { from, to, text } = message;
    const part = { carrier, from: storable(from), to: storable(to), text: text ?? '', ...fragment };
    const owned = await ownerOf(to);
    const stored = await db.transaction(async (tx) => {
      const all: Taken[] = [];
      for (const whole of await addFragment(tx, part, new Date(clock.now()))) {
        const carrierRef = all.length === 0 ? message.carrierRef : randomUUID();
        all.push(await store(tx, owned, carrier, { ...message, carrierRef, text: whole }));
      }
      return all;
    });
    for (const one of stored) told(one);
  }

  /** Gives up waiting for parts that have not come, and forgets those of messages that are long whole. */
  async function sweep(): Promise<void> {
    const now = clock.now();
    for (const group of await overdueGroups(db, new Date(now - FRAGMENTS_MS))) {
      const { carrier, from, to } = group;
      const owned = await ownerOf(to);
      const stored = await db.transaction(async (tx) => {
        const text = await joinWhatIsThere(tx, group);
        if (text === undefined) return undefined;
        return store(tx, owned, carrier, { carrierRef: randomUUID(), from, to, messageType: 'SMS', text, media: null });
      });
      if (stored) told(stored);
    }
    await forgetJoined(db, new Date(now - JOINED_MS));
  }

  let sweeping: NodeJS.Timeout | undefined;
  return {
    /** Resolves when the message, or the part of one, is committed, or known already. */
    async take(carrier: string, message: InboundMessage): Promise<void> {
      if (message.fragment) await takeFragment(carrier, { ...message, fragment: message.fragment });
      else await takeWhole(carrier, message);
    },

    /** As `take`, for a message that is whole. @returns what became of it; the id is that of a new one. */
    takeWhole,

    startSweeping(): void {
      sweeping = setInterval(() => {
        sweep().catch((error) => log.warn({ event: 'inbound_sweep_failed', reason: (error as Error).message }));
      }, SWEEP_MS);
    },

    stopSweeping: () => clearInterval(sweeping),

    /** For tests, after they have moved the clock. */
    sweep,
  };
}
