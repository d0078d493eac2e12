import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  decode,
  encode,
  encodeResponse,
  isResponse,
  type MalformedPdu,
  type Pdu,
  STATUS,
  statusName,
  type Tlv,
} from './codec.ts';
import { Framer } from './framer.ts';
import { isRefusedForGood } from './status.ts';
import { type Answer, Window } from './window.ts';
import { Writer } from './writer.ts';

export type Role = 'transceiver' | 'transmitter' | 'receiver';

/** Where to, and as whom. */
export interface Peer {
  host: string;
  port: number;
  tls: boolean | { servername?: string; ca?: string; rejectUnauthorized?: boolean };
  systemId: string;
  password: string;
  systemType: string;
  addressRange: string;
}

export interface SessionOptions<Tag> {
  peer: Peer;
  role: Role;
  /** ms after which a request without an answer is given up; also for the connection and for the bind. */
  responseTimeoutMs: number;
  /** Of silence, after which the peer is asked whether it is there. */
  enquireLinkMs: number;
  /** @param response to the bind: whom it is with, and which version that speaks. */
  onBound(response: Pdu): void;
  /** Another request than a submit has its answer: there is room in the window again. */
  onRoom(): void;
  /** deliver_sm and data_sm. @returns the status to answer with, once what came is safe. */
  onDeliver(pdu: Pdu): Promise<number>;
  onLate(tag: Tag, response: Pdu): void;
  /** Called once; nothing else is called after that. */
  onEnd(end: SessionEnd): void;
}

export interface SessionEnd {
  reason: string;
  /** Another try would end like this one, until somebody mends the settings. */
  misconfigured: boolean;
  /** Whether it had been bound. */
  bound: boolean;
}

const INTERFACE_VERSION = 0x34;
/** Deliveries that are being committed at once; more are asked to come again. */
const MOST_DELIVERIES = 1_000;
/** So many PDUs in a row that can't be read, and the peer speaks something else. */
const MOST_MALFORMED = 20;

/** Bytes that a peer may leave unread, beside what the system holds: tens of thousands of answers. */
const MOST_UNREAD = 1_048_576;

/** A stop waits no longer for a peer to say goodbye. */
const UNBIND_MS = 2_000;

type Phase = 'connecting' | 'binding' | 'bound' | 'unbinding' | 'ended';

/** One bind: from the connection to its end (SMPP 3.4, §2.2 and §2.4). It never comes back; its owner makes another. */
export class Session<Tag> {
  readonly #options: SessionOptions<Tag>;
  readonly #framer = new Framer();
  readonly #window: Window<Pdu, { command: string; tag: Tag | undefined }>;
  readonly #socket: Socket;
  readonly #writer: Writer;
  #phase: Phase = 'connecting';
  #wasBound = false;
  /** Read, and not yet served. */
  readonly #frames: Buffer[] = [];
  #later = false;
  #deliveries = 0;
  #malformed = 0;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout;
  #ended = Promise.withResolvers<void>();

  constructor(options: SessionOptions<Tag>) {
    this.#options = options;
    const { peer, responseTimeoutMs } = options;
    this.#window = new Window({
      timeoutMs: responseTimeoutMs,
      onLate: ({ tag }, response) => tag !== undefined && options.onLate(tag, response),
      fits: ({ command }, response) => response.command === `${command}_resp` || isNack(response),
    });
    this.#socket = open(peer, () => this.#bind());
    this.#socket.setNoDelay(true);
    this.#writer = new Writer(this.#socket);
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#end(error.message || (error as NodeJS.ErrnoException).code || 'error'));
    this.#socket.on('close', () => this.#end('the connection was closed'));
    this.#timer = setTimeout(() => this.#end('no bind in time'), responseTimeoutMs);
  }

  get bound(): boolean {
    return this.#phase === 'bound';
  }

  /** Requests without an answer. */
  get pending(): number {
    return this.#window.size;
  }

  /** Sends a request. Never rejects; `lost` as well when the session has ended before. */
  async request(command: string, fields: Record<string, unknown>, tag?: Tag, tlvs: Tlv[] = []): Promise<Answer<Pdu>> {
    if (this.#phase !== 'bound' && this.#phase !== 'binding') return { kind: 'lost' };
    const sequence = this.#window.nextSequence();
    const bytes = encode(command, sequence, fields, tlvs);
    const answer = this.#window.wait(sequence, { command, tag });
    this.#writer.write(bytes);
    return answer;
  }

  /** Says goodbye, and resolves when the connection is gone. What has no answer by then is lost. */
  async unbind(): Promise<void> {
    if (this.#phase === 'bound') {
      const answer = this.request('unbind', {});
      this.#phase = 'unbinding';
      const patience = setTimeout(() => this.#end('the peer did not answer the unbind'), UNBIND_MS);
      await Promise.race([answer, this.#ended.promise]);
      clearTimeout(patience);
    }
    this.#end('unbound');
    await this.#ended.promise;
  }

  async #bind(): Promise<void> {
    const { peer, role } = this.#options;
    this.#phase = 'binding';
    const answer = await this.request(`bind_${role}`, {
      system_id: peer.systemId,
      password: peer.password,
      system_type: peer.systemType,
      interface_version: INTERFACE_VERSION,
      address_range: peer.addressRange,
    });
    if (this.#phase !== 'binding') return;
    if (answer.kind !== 'answered') return this.#end('the bind was not answered');
    const status = answer.response.command_status;
    if (status !== STATUS.ROK)
      return this.#end(`the bind was refused: ${statusName(status)}`, isRefusedForGood(status));
    this.#phase = 'bound';
    this.#wasBound = true;
    clearTimeout(this.#timer);
    this.#listen();
    this.#options.onBound(answer.response);
  }

  /** After so long without a word the peer is asked; without an answer to that it is taken for dead. */
  #listen(): void {
    const { enquireLinkMs, responseTimeoutMs } = this.#options;
    const silent = performance.now() - this.#heardAt;
    const wait = Math.max(1, enquireLinkMs - silent);
    this.#timer = setTimeout(async () => {
      if (performance.now() - this.#heardAt < enquireLinkMs) return this.#listen();
      const answer = await this.request('enquire_link', {});
      this.#options.onRoom();
      if (this.#phase !== 'bound') return;
      // Anything that it says tells that it is there.
      if (answer.kind === 'timeout' && performance.now() - this.#heardAt >= responseTimeoutMs) {
        return this.#end('the peer is silent');
      }
      this.#listen();
    }, wait);
  }

  #read(chunk: Buffer): void {
    this.#heardAt = performance.now();
    let frames: Buffer[];
    try {
      frames = this.#framer.push(chunk);
    } catch (error) {
      this.#end(`what came is no SMPP: ${(error as Error).message}`);
      return;
    }
    this.#frames.push(...frames);
    if (!this.#later) this.#readFrames();
  }

  /** What comes right behind the answer to the bind waits for that to be understood: it is of a session that is bound. */
  #readFrames(): void {
    this.#later = false;
    while (this.#frames.length > 0 && this.#phase !== 'ended') {
      const binding = this.#phase === 'binding';
      this.#readFrame(this.#frames.shift() as Buffer);
      if (!binding) continue;
      this.#later = true;
      setImmediate(() => this.#readFrames());
      return;
    }
  }

  #readFrame(frame: Buffer): void {
    let pdu: Pdu;
    try {
      pdu = decode(frame);
      this.#malformed = 0;
    } catch (error) {
      this.#refuse(error as MalformedPdu);
      return;
    }
    // It refuses, whatever else it says.
    if (isNack(pdu) && pdu.command_status === STATUS.ROK) pdu.command_status = STATUS.RSYSERR;
    if (isResponse(pdu)) this.#window.answer(pdu.sequence_number, pdu);
    else this.#serve(pdu);
  }

  /** Refuses a request whose needed fields are truncated. The status for a message is temporary, so that the peer sends it again. */
  #refuse({ command, sequence, message }: MalformedPdu): void {
    this.#malformed += 1;
    if (this.#malformed >= MOST_MALFORMED) this.#end(`what comes is no SMPP: ${message}`);
    else if (command === 'deliver_sm' || command === 'data_sm') {
      this.#write(encode(`${command}_resp`, sequence, { command_status: STATUS.RX_T_APPN }));
    } else this.#write(encode('generic_nack', sequence, { command_status: INVALID_LENGTH }));
  }

  #serve(pdu: Pdu): void {
    switch (pdu.command) {
      case 'deliver_sm':
      case 'data_sm':
        void this.#deliver(pdu);
        return;
      case 'enquire_link':
        this.#write(encodeResponse(pdu));
        return;
      case 'unbind':
        this.#write(encodeResponse(pdu));
        this.#end('the peer has unbound');
        return;
      case 'alert_notification':
      case 'outbind':
        return;
      default:
        this.#write(encode('generic_nack', pdu.sequence_number, { command_status: STATUS.RINVCMDID }));
    }
  }

  async #deliver(pdu: Pdu): Promise<void> {
    if (this.#phase !== 'bound' && this.#phase !== 'unbinding') {
      this.#write(encodeResponse(pdu, STATUS.RINVBNDSTS));
      return;
    }
    if (this.#deliveries >= MOST_DELIVERIES) {
      this.#write(encodeResponse(pdu, STATUS.RX_T_APPN));
      return;
    }
    this.#deliveries += 1;
    const status = await this.#options.onDeliver(pdu).catch(() => STATUS.RX_T_APPN);
    this.#deliveries -= 1;
    this.#write(encodeResponse(pdu, status));
  }

  #write(bytes: Buffer): void {
    if (this.#phase === 'ended') return;
    this.#writer.write(bytes);
    if (this.#socket.writableLength > MOST_UNREAD) this.#end('the peer reads nothing of what it is sent');
  }

  #end(reason: string, misconfigured = false): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    clearTimeout(this.#timer);
    this.#writer.flush();
    // What was written still goes out; the peer's own end of the connection is not waited for.
    this.#socket.end(() => this.#socket.destroy());
    if (!this.#socket.writable) this.#socket.destroy();
    this.#window.lose();
    this.#ended.resolve();
    this.#options.onEnd({ reason, misconfigured, bound: this.#wasBound });
  }
}

/** ESME_RINVCMDLEN */
const INVALID_LENGTH = 0x02;

function open({ host, port, tls }: Peer, onConnect: () => void): Socket {
  if (tls === false) return connectTcp({ host, port }, onConnect);
  const options = tls === true ? {} : tls;
  // An address is no server name (RFC 6066, §3); the certificate is held against it all the same.
  return connectTls({ host, port, servername: isIP(host) ? '' : host, ...options }, onConnect);
}

function isNack({ command }: Pdu): boolean {
  return command === 'generic_nack';
}
