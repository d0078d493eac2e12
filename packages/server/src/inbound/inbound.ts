import { randomUUID } from 'node:crypto';
import type { InboundMessage } from '../carriers/carrier.ts';
import { type Db, type Queryable, storable } from '../db/db.ts';
import { type Received, receive } from '../messages/lifecycle/receive.ts';
import { segment } from '../messages/request/segments.ts';
import type { Numbers, PhoneNumber } from '../numbers/numbers.ts';
import { OPT_OUT_TYPE, readKeyword } from '../optouts/keywords.ts';
import type { OptOuts } from '../optouts/optouts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import { addFragment, deleteJoined, joinIncomplete, overdueGroups } from './fragments.ts';
import { type ActionTaken, createKeywordActions, isOwned } from './keyword-actions.ts';

/** Time to wait for missing segments of a message, in milliseconds. Then the received segments become the message. */
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
  actionTaken?: ActionTaken;
}

export interface InboundParts {
  db: Db;
  numbers: Numbers;
  optOuts: OptOuts;
  queue: Pick<Queue, 'add'>;
  ids: Ids;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

export type Inbound = ReturnType<typeof createInbound>;

/** Stores messages from handsets for the clients that own the numbers. */
export function createInbound(parts: InboundParts) {
  const { db, numbers, optOuts, ids, clock, log, metrics } = parts;
  const act = createKeywordActions(parts);

  /** Runs before any transaction. On the embedded store it would wait for a transaction of the caller. */
  async function ownerOf(to: string): Promise<PhoneNumber | undefined> {
    const number = await numbers.byAddress(storable(to));
    return number?.apiClientId ? number : undefined;
  }

  /** @param on must be a transaction if the text is a keyword and the number has an owner. */
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
      optOutType: keyword ? OPT_OUT_TYPE[keyword.action] : null,
      carrier,
      carrierRef: storable(message.carrierRef),
    };
    const added = await receive(on, new Date(clock.now()), [received]);
    const outcome = !added.has(received.id) ? 'repeat' : owned ? 'new' : 'nobody';
    const stored: Stored = { carrier, outcome, messageId: received.id, numberId: received.numberId };
    if (!keyword || outcome !== 'new' || !isOwned(received)) return stored;
    return { ...stored, actionTaken: await act(on, received, keyword) };
  }

  function afterCommit({ actionTaken, ...stored }: Taken): void {
    const { carrier, outcome } = stored;
    metrics.inbound.inc({ carrier, outcome });
    log.info({ event: 'inbound', ...stored, ...(actionTaken ? { action: actionTaken.action } : {}) });
    if (outcome === 'new') db.wake('webhooks');
    if (!actionTaken) return;
    if (actionTaken.made) optOuts.committed(actionTaken.made);
    db.wake('replies');
  }

  async function takeWhole(carrier: string, message: InboundMessage): Promise<Stored> {
    const owned = await ownerOf(message.to);
    const several = owned && readKeyword(message.text, message.from);
    const taken = several
      ? await db.transaction((tx) => store(tx, owned, carrier, message))
      : await store(db, owned, carrier, message);
    afterCommit(taken);
    return taken;
  }

  /** Runs in one transaction, so that either the segment or its complete message is stored, never both or neither. */
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
    for (const one of stored) afterCommit(one);
  }

  /** Joins messages whose missing segments are overdue, and deletes old segments of joined messages. */
  async function sweep(): Promise<void> {
    const now = clock.now();
    for (const group of await overdueGroups(db, new Date(now - FRAGMENTS_MS))) {
      const { carrier, from, to } = group;
      const owned = await ownerOf(to);
      const stored = await db.transaction(async (tx) => {
        const text = await joinIncomplete(tx, group);
        if (text === undefined) return undefined;
        return store(tx, owned, carrier, { carrierRef: randomUUID(), from, to, messageType: 'SMS', text, media: null });
      });
      if (stored) afterCommit(stored);
    }
    await deleteJoined(db, new Date(now - JOINED_MS));
  }

  let sweeping: NodeJS.Timeout | undefined;
  return {
    /** Resolves when the message or the segment is committed, or was stored before. */
    async take(carrier: string, message: InboundMessage): Promise<void> {
      if (message.fragment) await takeFragment(carrier, { ...message, fragment: message.fragment });
      else await takeWhole(carrier, message);
    },

    /** Like `take`, for a complete message. @returns the outcome. The id is valid for a new message only. */
    takeWhole,

    startSweeping(): void {
      sweeping = setInterval(() => {
        sweep().catch((error) => log.warn({ event: 'inbound_sweep_failed', reason: (error as Error).message }));
      }, SWEEP_MS);
    },

    stopSweeping: () => clearInterval(sweeping),

    /** For tests that have changed the clock. */
    sweep,
  };
}
