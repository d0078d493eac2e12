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
import { Loop } from '../platform/loop.ts';
import type { Queue } from '../queue/queue.ts';
import { addFragment, deleteJoined, joinIncomplete, overdueGroups } from './fragments.ts';
import { type ActionTaken, createKeywordActions, isOwned } from './keyword-actions.ts';
import type { InboundMetrics } from './metrics.ts';

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
  metrics: InboundMetrics;
}

/** Stores messages from handsets for the clients that own the numbers. */
export class Inbound {
  readonly #parts: InboundParts;
  readonly #act: ReturnType<typeof createKeywordActions>;
  readonly #sweeps: Loop;

  constructor(parts: InboundParts) {
    this.#parts = parts;
    this.#act = createKeywordActions(parts);
    this.#sweeps = new Loop({
      everyMs: SWEEP_MS,
      run: () => this.sweep(),
      onError: ({ message }) => parts.log.warn({ event: 'inbound_sweep_failed', reason: message }),
    });
  }

  /** Starts the sweep, which completes messages whose missing segments are overdue. */
  start(): void {
    this.#sweeps.start();
  }

  stop(): Promise<void> {
    return this.#sweeps.stop();
  }

  /** Resolves when the message or the segment is committed, or was stored before. */
  async take(carrier: string, message: InboundMessage): Promise<void> {
    if (message.fragment) await this.#takeFragment(carrier, { ...message, fragment: message.fragment });
    else await this.takeWhole(carrier, message);
  }

  /** Like `take`, for a complete message. @returns the outcome. The id is valid for a new message only. */
  async takeWhole(carrier: string, message: InboundMessage): Promise<Stored> {
    const { db } = this.#parts;
    const owned = await this.#ownerOf(message.to);
    const several = owned && readKeyword(message.text, message.from);
    const taken = several
      ? await db.transaction((tx) => this.#store(tx, owned, carrier, message))
      : await this.#store(db, owned, carrier, message);
    this.#afterCommit(taken);
    return taken;
  }

  /**
   * Joins messages whose missing segments are overdue, and deletes old segments of joined messages. Public for tests
   * that have changed the clock.
   */
  async sweep(): Promise<void> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    for (const group of await overdueGroups(db, new Date(now - FRAGMENTS_MS))) {
      const { carrier, from, to } = group;
      const owned = await this.#ownerOf(to);
      const stored = await db.transaction(async (tx) => {
        const text = await joinIncomplete(tx, group);
        if (text === undefined) return undefined;
        const message = { carrierRef: randomUUID(), from, to, messageType: 'SMS', text, media: null } as const;
        return this.#store(tx, owned, carrier, message);
      });
      if (stored) this.#afterCommit(stored);
    }
    await deleteJoined(db, new Date(now - JOINED_MS));
  }

  /** Runs in one transaction, so that either the segment or its complete message is stored, never both or neither. */
  async #takeFragment(carrier: string, { fragment, ...message }: Fragmented): Promise<void> {
    const { db, clock } = this.#parts;
    const { from, to, text } = message;
    const part = { carrier, from: storable(from), to: storable(to), text: text ?? '', ...fragment };
    const owned = await this.#ownerOf(to);
    const stored = await db.transaction(async (tx) => {
      const all: Taken[] = [];
      for (const whole of await addFragment(tx, part, new Date(clock.now()))) {
        const carrierRef = all.length === 0 ? message.carrierRef : randomUUID();
        all.push(await this.#store(tx, owned, carrier, { ...message, carrierRef, text: whole }));
      }
      return all;
    });
    for (const one of stored) this.#afterCommit(one);
  }

  /** Runs before any transaction. On the embedded store it would wait for a transaction of the caller. */
  async #ownerOf(to: string): Promise<PhoneNumber | undefined> {
    const number = await this.#parts.numbers.byAddress(storable(to));
    return number?.apiClientId ? number : undefined;
  }

  /** @param on must be a transaction if the text is a keyword and the number has an owner. */
  async #store(
    on: Queryable,
    owned: PhoneNumber | undefined,
    carrier: string,
    message: InboundMessage,
  ): Promise<Taken> {
    const { ids, clock } = this.#parts;
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
    return { ...stored, actionTaken: await this.#act(on, received, keyword) };
  }

  #afterCommit({ actionTaken, ...stored }: Taken): void {
    const { db, optOuts, log, metrics } = this.#parts;
    const { carrier, outcome } = stored;
    metrics.inbound.inc({ carrier, outcome });
    log.info({ event: 'inbound', ...stored, ...(actionTaken ? { action: actionTaken.action } : {}) });
    if (outcome === 'new') db.wake('webhooks');
    if (!actionTaken) return;
    if (actionTaken.made) optOuts.committed(actionTaken.made);
    db.wake('replies');
  }
}
