import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { messageOf, numberOf, type Pdu, readText, readUserData, ServerSession, STATUS, stringOf } from '@redcloud/smpp';
import { type Script, scriptFor } from '../carriers/simulator/scripts.ts';
import { type Behaviour, KIND, spell } from './behaviour.ts';
import { createLimiter, type Limiter } from './limiter.ts';

export interface CentreOptions {
  host?: string;
  port?: number;
  /** System id that may bind. Absent for any. */
  systemId?: string;
  password?: string;
  tls?: { key: string; cert: string };
  behaviour?: Partial<Behaviour>;
  onTaken?(taken: Taken): void;
}

/** Segment that the SMSC simulator accepted, as in the records of a carrier. */
export interface Taken {
  id: number;
  from: string;
  to: string;
  text: string;
  /** Place in a long message. Undefined for a message of one segment. */
  part: { group: number; parts: number; part: number } | undefined;
  pdu: Pdu;
  at: number;
}

type Delivery = Record<string, unknown>;

const RETRY_MS = 500;
/** Time in which a repetition of a throttled submit is recognized, in milliseconds. */
const THROTTLED_ONCE_MS = 50_000;
const RECEIPT = 0x04;
const REJECTED = 0x0b; // ESME_RINVDSTADR
const STATES = { DELIVERED: 2, FAILED: 5 } as const;

/**
 * SMSC simulator for tests and demos. Every bound client may submit. Destinations select the outcome as in the
 * simulator, and `behaviour` adds faults. No message leaves the SMSC simulator.
 */
export class SmscSimulator {
  readonly taken: Taken[] = [];
  /** Received submits, accepted or not. */
  submits = 0;
  /** Submits that got ESME_RTHROTTLED. */
  throttled = 0;
  behaviour: Behaviour;
  /** Whether received PDUs are ignored without a response. */
  deaf = false;
  readonly #options: CentreOptions;
  readonly #server: Server;
  readonly #links = new Set<ServerSession>();
  readonly #throttledOnce = new Set<string>();
  readonly #stopping = new AbortController();
  #limiter: { model: string; limiter: Limiter } | undefined;
  #answers = 0;
  #turn = 0;
  #changed = Promise.withResolvers<void>();

  private constructor(options: CentreOptions) {
    this.#options = options;
    this.behaviour = { ...KIND, ...options.behaviour };
    const serve = options.tls
      ? (listener: (socket: import('node:net').Socket) => void) => createTlsServer({ ...options.tls }, listener)
      : createServer;
    this.#server = serve((socket) => {
      const link: ServerSession = new ServerSession(socket, {
        onBind: (systemId, password) => this.#mayBind(systemId, password),
        onBound: () => {
          this.#links.add(link);
          this.#tell();
        },
        onSubmit: (of, pdu) => void this.#submit(of, pdu),
        onEnd: () => this.#links.delete(link),
        isDeaf: () => this.deaf,
        alter: (pdu) => this.behaviour.alter(pdu),
      });
    });
  }

  static async start(options: CentreOptions = {}): Promise<SmscSimulator> {
    const smsc = new SmscSimulator(options);
    // A failed accept must not end the process. `once` reports a failed listen.
    smsc.#server.on('error', () => undefined);
    smsc.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    await once(smsc.#server, 'listening');
    return smsc;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Number of bound links. */
  get links(): number {
    return this.#links.size;
  }

  /** Cuts all sessions, like a network failure. */
  cut(): void {
    for (const link of this.#links) link.cut();
  }

  /** Sends a message from a handset. Resolves when a client has accepted the message. */
  async write(from: string, to: string, text: string): Promise<void> {
    await this.#deliver({
      ...addresses(from, to),
      esm_class: 0,
      data_coding: 8,
      short_message: Buffer.from(text, 'utf16le').swap16(),
    });
  }

  /** Sends a deliver_sm with any fields. Resolves when a client has accepted the deliver_sm. */
  deliver(fields: Delivery): Promise<void> {
    return this.#deliver(fields);
  }

  /** Writes raw bytes to all bound links. */
  writeRaw(bytes: Buffer): void {
    for (const link of this.#links) link.write(bytes);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#tell();
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #mayBind(systemId: string, password: string): number {
    if (this.behaviour.refusesBinds) return STATUS.RBINDFAIL;
    const { systemId: wanted, password: secret } = this.#options;
    if (wanted !== undefined && systemId !== wanted) return STATUS.RINVSYSID;
    return secret === undefined || password === secret ? STATUS.ROK : STATUS.RINVPASWD;
  }

  async #submit(link: ServerSession, pdu: Pdu): Promise<void> {
    this.submits += 1;
    const nth = this.submits;
    const { latencyMs, cutEvery, withheld } = this.behaviour;
    const throttled = this.#isThrottled(nth);
    if (latencyMs > 0) await this.#wait(latencyMs);
    const to = addressOf(pdu, 'dest_addr_ton', 'destination_addr');
    const script = scriptFor(to);
    if (throttled || (script.answer === 'throttle-once' && this.#isFirst(pdu))) {
      this.throttled += 1;
      return link.answer(pdu, STATUS.RTHROTTLED);
    }
    if (script.answer === 'reject') return link.answer(pdu, REJECTED);
    const taken = this.#take(pdu, to);
    if (script.receiptFirst) await this.#receipt(taken, script);
    const place = cutEvery > 0 ? nth % cutEvery : -1;
    const silent = script.answer === 'silent' || (place >= 0 && (place === 0 || place > cutEvery - withheld));
    if (!silent) this.#answer(link, pdu, taken);
    void this.#follow(taken, script);
    if (place === 0) link.cut();
  }

  /** Whether a submit is throttled. Decided on arrival, before any delay of the response. */
  #isThrottled(nth: number): boolean {
    const { throttleEvery, throttleShare, allowedPerSecond } = this.behaviour;
    if (throttleEvery > 0 && nth % throttleEvery === 0) return true;
    if (throttleShare > 0 && Math.random() < throttleShare) return true;
    return allowedPerSecond > 0 && !this.#limiterNow().admits(performance.now(), allowedPerSecond);
  }

  #limiterNow(): Limiter {
    const { limiter, burst } = this.behaviour;
    const model = `${limiter} ${burst}`;
    if (this.#limiter?.model !== model) this.#limiter = { model, limiter: createLimiter(limiter, burst || undefined) };
    return this.#limiter.limiter;
  }

  #isFirst(pdu: Pdu): boolean {
    const key = `${stringOf(pdu, 'destination_addr')} ${messageOf(pdu).toString('hex')}`;
    if (this.#throttledOnce.delete(key)) return false;
    this.#throttledOnce.add(key);
    setTimeout(() => this.#throttledOnce.delete(key), THROTTLED_ONCE_MS).unref();
    return true;
  }

  #take(pdu: Pdu, to: string): Taken {
    const { fragment, bytes } = readUserData(numberOf(pdu, 'esm_class') ?? 0, messageOf(pdu));
    const sar = numberOf(pdu, 'sar_msg_ref_num');
    const part =
      sar === undefined
        ? fragment
        : {
            group: sar,
            parts: numberOf(pdu, 'sar_total_segments') ?? 0,
            part: numberOf(pdu, 'sar_segment_seqnum') ?? 0,
          };
    const taken: Taken = {
      id: this.#idOf(to, part),
      from: addressOf(pdu, 'source_addr_ton', 'source_addr'),
      to,
      text: readText(numberOf(pdu, 'data_coding') ?? 0, bytes, { defaultAlphabet: 'gsm7' }),
      part,
      pdu,
      at: Date.now(),
    };
    this.taken.push(taken);
    this.#options.onTaken?.(taken);
    return taken;
  }

  #idOf(to: string, part: Taken['part']): number {
    const first =
      this.behaviour.idsOf === 'message' && part
        ? this.taken.find((taken) => taken.to === to && taken.part?.group === part.group)
        : undefined;
    return first?.id ?? this.taken.length + 1_000_001;
  }

  #answer(link: ServerSession, pdu: Pdu, { id }: Taken): void {
    const { answerIds, garbageEvery } = this.behaviour;
    this.#answers += 1;
    link.answer(pdu, STATUS.ROK, { message_id: spell(id, answerIds) });
    // One PDU with an unknown command, and one with truncated fields.
    if (garbageEvery > 0 && this.#answers % garbageEvery === 0) link.write(GARBAGE);
  }

  async #follow(taken: Taken, script: Script): Promise<void> {
    const left = script.receiptFirst ? script.receipts - 1 : script.receipts;
    for (let i = 0; i < left; i += 1) {
      await this.#wait(script.receiptDelayMs * this.behaviour.pace);
      await this.#receipt(taken, script);
    }
    if (!script.replies) return;
    await this.#wait(REPLY_MS * this.behaviour.pace);
    await this.write(taken.to, taken.from, 'Thank you, got it.');
  }

  async #receipt(taken: Taken, { receiptState }: Script): Promise<void> {
    const wanted = (numberOf(taken.pdu, 'registered_delivery') ?? 0) & 0x03;
    if (wanted === 0) return;
    const { part } = taken;
    if (this.behaviour.receiptsOf === 'message' && part && part.part < part.parts) return;
    const id = spell(taken.id, this.behaviour.receiptIds);
    const { receipts } = this.behaviour;
    const at = new Date().toISOString().replace(/\D/g, '').slice(2, 12);
    const word = receiptState === 'DELIVERED' ? 'DELIVRD' : 'UNDELIV';
    const err = receiptState === 'DELIVERED' ? '000' : '027';
    const text = `id:${id} sub:001 dlvrd:001 submit date:${at} done date:${at} stat:${word} err:${err} text:${taken.text.slice(0, 20)}`;
    await this.#deliver({
      ...addresses(taken.to, taken.from),
      esm_class: RECEIPT,
      short_message: Buffer.from(receipts === 'tlvs' ? '' : text, 'latin1'),
      ...(receipts === 'text'
        ? {}
        : { receipted_message_id: Buffer.from(`${id}\0`), message_state: STATES[receiptState] }),
    });
  }

  /** Sends a deliver_sm to receiving links in turn until one accepts the deliver_sm. */
  async #deliver(fields: Delivery): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const receivers = [...this.#links].filter(({ receives }) => receives);
      this.#turn += 1;
      const link = receivers[this.#turn % Math.max(1, receivers.length)];
      if (!link) {
        await this.#changed.promise;
        continue;
      }
      const status = await link.deliver(fields);
      if (status === STATUS.ROK) return;
      await this.#wait(RETRY_MS * this.behaviour.pace);
    }
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Type of number of an address without its plus (SMPP 3.4, §5.2.5). */
const INTERNATIONAL = 1;
const REPLY_MS = 300;
const GARBAGE = Buffer.concat([
  Buffer.from('00000010000000990000000000000001', 'hex'),
  Buffer.from('0000001200000005000000000000000300ff', 'hex'),
]);

function addressOf(pdu: Pdu, ton: string, address: string): string {
  const value = stringOf(pdu, address);
  return numberOf(pdu, ton) === INTERNATIONAL && /^\d+$/.test(value) ? `+${value}` : value;
}

function addresses(from: string, to: string) {
  const plain = (text: string) => text.replace(/^\+/, '');
  const ton = (text: string) => (text.startsWith('+') ? 1 : 0);
  return {
    source_addr_ton: ton(from),
    source_addr_npi: 1,
    source_addr: plain(from),
    dest_addr_ton: ton(to),
    dest_addr_npi: 1,
    destination_addr: plain(to),
  };
}
