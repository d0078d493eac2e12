import { randomUUID } from 'node:crypto';
import type { FileAtCarrier, InboundMessage } from '../carriers/carrier.ts';
import { type Db, type Queryable, storable } from '../db/db.ts';
import { isReceived, type Received, receive } from '../messages/lifecycle/receive.ts';
import { segment } from '../messages/request/segments.ts';
import type { Media } from '../messages/request/send-request.ts';
import type { Numbers, PhoneNumber } from '../numbers/numbers.ts';
import { OPT_OUT_TYPE, readKeyword } from '../optouts/keywords.ts';
import type { OptOuts } from '../optouts/optouts.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Conversations } from '../pools/conversations.ts';
import type { Queue } from '../queue/queue.ts';
import { addCopies, type Copies } from './copies.ts';
import { addFragment, deleteJoined, joinIncomplete, overdueGroups } from './fragments.ts';
import { type ActionTaken, createKeywordActions, isOwned, type Owned } from './keyword-actions.ts';
import type { InboundMetrics } from './metrics.ts';

/** Time to wait for missing segments of a message, in milliseconds. Then the received segments become the message. */
const FRAGMENTS_MS = 120_000;
const JOINED_MS = 3_600_000;
const SWEEP_MS = 10_000;

type Fragmented = InboundMessage & { fragment: NonNullable<InboundMessage['fragment']> };

interface Stored {
  carrier: string;
  outcome: 'new' | 'repeat' | 'unassigned';
  messageId: string;
  numberId: string | null;
}

interface Taken extends Stored {
  actionTaken?: ActionTaken;
  copies?: Copies;
}

export interface InboundParts {
  db: Db;
  numbers: Numbers;
  optOuts: OptOuts;
  conversations: Pick<Conversations, 'setNumber'>;
  queue: Pick<Queue, 'add'>;
  ids: Ids;
  clock: Clock;
  log: Log;
  metrics: InboundMetrics;
  /** Checks media of a client, protects stored files and requests the others. @throws ApiError INVALID_REQUEST */
  claim(apiClientId: string, media: readonly Media[]): Promise<void>;
}

/** Message of a request. Its media are files of the client that owns the number. */
export type GivenMessage = Omit<InboundMessage, 'media' | 'toCopy' | 'fragment'> & { media: readonly Media[] | null };

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

  /**
   * Like `take`, for a complete message. @returns the outcome, with the files to copy. The id is valid for a new message
   * only.
   */
  async takeWhole(carrier: string, message: InboundMessage): Promise<Taken> {
    const { db } = this.#parts;
    const owned = await this.#ownerOf(message.to);
    const several = owned && (owned.poolId || message.toCopy || readKeyword(message.text, message.from));
    const taken = several
      ? await db.transaction((tx) => this.#store(tx, owned, carrier, message))
      : await this.#store(db, owned, carrier, message);
    this.#afterCommit(taken);
    return taken;
  }

  /**
   * Like `takeWhole`, for a message of a request. Media of a number without a client are listed with an error.
   * @throws ApiError INVALID_REQUEST if a file is unknown. A repeat of a stored message is not checked.
   */
  async takeGiven(carrier: string, { media, ...message }: GivenMessage): Promise<Taken> {
    const owned = media ? await this.#ownerOf(message.to) : undefined;
    if (!media) return this.takeWhole(carrier, { ...message, media });
    if (!owned?.apiClientId) return this.takeWhole(carrier, { ...message, media: media.map(unownedFile) });
    try {
      await this.#parts.claim(owned.apiClientId, media);
    } catch (error) {
      const reference = storable(message.carrierRef);
      if (!(await isReceived(this.#parts.db, carrier, reference))) throw error;
      const repeat: Stored = { carrier, outcome: 'repeat', messageId: '', numberId: owned.numberId };
      this.#afterCommit(repeat);
      return repeat;
    }
    return this.takeWhole(carrier, { ...message, media });
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

  /** @param on must be a transaction if the number is in a pool, or has an owner and there are a keyword or files. */
  async #store(
    on: Queryable,
    owned: PhoneNumber | undefined,
    carrier: string,
    message: InboundMessage,
  ): Promise<Taken> {
    const { ids, clock } = this.#parts;
    const { toCopy } = message;
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
      media: toCopy ? toCopy.files.map(owned ? pendingFile : unownedFile) : message.media,
      ...(owned && toCopy ? { isPending: true } : {}),
      segments: message.messageType === 'SMS' && text !== null ? segment(text).segments.length : null,
      keyword: keyword?.keyword ?? null,
      optOutType: keyword ? OPT_OUT_TYPE[keyword.action] : null,
      carrier,
      carrierRef: storable(message.carrierRef),
    };
    const added = await receive(on, new Date(clock.now()), [received]);
    const outcome = !added.has(received.id) ? 'repeat' : owned ? 'new' : 'unassigned';
    const stored: Stored = { carrier, outcome, messageId: received.id, numberId: received.numberId };
    if (outcome !== 'new' || !isOwned(received)) return stored;
    if (owned?.poolId) await this.#setConversation(on, owned.poolId, received);
    const copies = toCopy && (await this.#toCopy(on, received, toCopy));
    const actionTaken = keyword && (await this.#act(on, received, keyword, message.isAnswered ?? false));
    return { ...stored, ...(copies ? { copies } : {}), ...(actionTaken ? { actionTaken } : {}) };
  }

  /** The pool continues the conversation from the number to which the handset wrote. */
  #setConversation(on: Queryable, poolId: string, { from: recipient, numberId }: Owned): Promise<void> {
    return this.#parts.conversations.setNumber(on, { poolId, recipient }, numberId);
  }

  /** Stores which files are to be copied. */
  async #toCopy(
    tx: Queryable,
    message: Owned,
    { files, withinMs }: NonNullable<InboundMessage['toCopy']>,
  ): Promise<Copies> {
    const { ids, clock } = this.#parts;
    const { id: messageId, carrier, apiClientId, numberId } = message;
    const keyed = files.map(({ url, mimeType, byteLength, error }) => ({
      storageKey: ids.next('med').replace('med_', 'storage_'),
      ...{ url: storable(url), mimeType: storable(mimeType), byteLength },
      ...(error === undefined ? {} : { error }),
    }));
    const copies = { messageId, carrier, apiClientId, files: keyed, createdAt: new Date(clock.now()) };
    await addCopies(this.#parts, tx, { ...copies, numberId }, withinMs);
    return copies;
  }

  #afterCommit({ actionTaken, copies: _copies, ...stored }: Taken): void {
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

/** File of a message that is listed without a key until all files are stored. */
function pendingFile({ mimeType, byteLength }: Pick<FileAtCarrier, 'mimeType' | 'byteLength'>) {
  return { mimeType: storable(mimeType), byteLength };
}

/** File of a message to a number without a client, which is not copied. */
function unownedFile(file: Pick<FileAtCarrier, 'mimeType' | 'byteLength'>) {
  return { ...pendingFile(file), error: 'The number has no API client' };
}
