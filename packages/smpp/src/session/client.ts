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
} from '../pdu/codec.ts';
import { isRefusedForGood } from '../pdu/status.ts';
import { Framer } from './framer.ts';
import { type Answer, Window } from './window.ts';
import { Writer } from './writer.ts';

export type Role = 'transceiver' | 'transmitter' | 'receiver';

/** Address and credentials of a bind. */
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
  /** Timeout of a request in milliseconds, and of the connection with the bind. */
  responseTimeoutMs: number;
  /** Silence of the peer in milliseconds after which an enquire_link is sent. */
  enquireLinkMs: number;
  /** @param response response to the bind, with system id and version of the peer. */
  onBound(response: Pdu): void;
  /** Called when a request other than a submit has its response, which frees a place in the window. */
  onRoom(): void;
  /** Handles a deliver_sm or data_sm. @returns the status of the response, after the commit. */
  onDeliver(pdu: Pdu): Promise<number>;
  onLate(tag: Tag, response: Pdu): void;
  /** Called once, as the last of all callbacks. */
  onEnd(end: SessionEnd): void;
}

export interface SessionEnd {
  reason: string;
  /** Whether the next attempt would fail too, until the settings are fixed. */
  misconfigured: boolean;
  /** Whether the session was bound before its end. */
  bound: boolean;
}

const INTERFACE_VERSION = 0x34;
/** Limit of deliveries that are committed at once. Others get a temporary error, so that the peer repeats them. */
const MOST_DELIVERIES = 1_000;
/** Number of consecutive unreadable PDUs after which the session ends, because the peer does not use SMPP. */
const MOST_MALFORMED = 20;

/** Limit of unread bytes besides the buffers of the system. Equals tens of thousands of responses. */
const MOST_UNREAD = 1_048_576;

/** Longest wait for the response to an unbind, in milliseconds. */
const UNBIND_MS = 2_000;

type Phase = 'connecting' | 'binding' | 'bound' | 'unbinding' | 'ended';

/** One bind, from the connection to its end (SMPP 3.4, §2.2 and §2.4). Never reconnects, because the owner does. */
export class Session<Tag> {
  readonly #options: SessionOptions<Tag>;
  readonly #framer = new Framer();
  readonly #window: Window<Pdu, { command: string; tag: Tag | undefined }>;
  readonly #socket: Socket;
  readonly #writer: Writer;
  #phase: Phase = 'connecting';
  #wasBound = false;
  /** Frames that are read, and not yet served. */
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
    this.#timer = setTimeout(() => this.#end('no bind within the response timeout'), responseTimeoutMs);
  }

  get bound(): boolean {
    return this.#phase === 'bound';
  }

  /** Requests without a response. */
  get pending(): number {
    return this.#window.size;
  }

  /** Sends a request. Never rejects. Resolves as `lost` if the session has ended before. */
  async request(command: string, fields: Record<string, unknown>, tag?: Tag, tlvs: Tlv[] = []): Promise<Answer<Pdu>> {
    if (this.#phase !== 'bound' && this.#phase !== 'binding') return { kind: 'lost' };
    const sequence = this.#window.nextSequence();
    const bytes = encode(command, sequence, fields, tlvs);
    const answer = this.#window.wait(sequence, { command, tag });
    this.#writer.write(bytes);
    return answer;
  }

  /** Unbinds. Resolves when the session has ended. Requests without a response by then are lost. */
  async unbind(): Promise<void> {
    if (this.#phase === 'bound') {
      const answer = this.request('unbind', {});
      this.#phase = 'unbinding';
      const patience = setTimeout(() => this.#end('no response to the unbind'), UNBIND_MS);
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
    if (answer.kind !== 'answered') return this.#end('no response to the bind');
    const status = answer.response.command_status;
    if (status !== STATUS.ROK)
      return this.#end(`the bind was refused: ${statusName(status)}`, isRefusedForGood(status));
    this.#phase = 'bound';
    this.#wasBound = true;
    clearTimeout(this.#timer);
    this.#listen();
    this.#options.onBound(answer.response);
  }

  /** Sends an enquire_link after a silence of the peer. Ends the session if there is no response. */
  #listen(): void {
    const { enquireLinkMs, responseTimeoutMs } = this.#options;
    const silent = performance.now() - this.#heardAt;
    const wait = Math.max(1, enquireLinkMs - silent);
    this.#timer = setTimeout(async () => {
      if (performance.now() - this.#heardAt < enquireLinkMs) return this.#listen();
      const answer = await this.request('enquire_link', {});
      this.#options.onRoom();
      if (this.#phase !== 'bound') return;
      // Any PDU of the peer shows that the connection works.
      if (answer.kind === 'timeout' && performance.now() - this.#heardAt >= responseTimeoutMs) {
        return this.#end('no response to enquire_link');
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
      this.#end(`the received data is not SMPP: ${(error as Error).message}`);
      return;
    }
    this.#frames.push(...frames);
    if (!this.#later) this.#readFrames();
  }

  /** Reads waiting frames. Frames behind the response to the bind wait until the session is bound. */
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
    // A generic_nack rejects, regardless of its status.
    if (isNack(pdu) && pdu.command_status === STATUS.ROK) pdu.command_status = STATUS.RSYSERR;
    if (isResponse(pdu)) this.#window.answer(pdu.sequence_number, pdu);
    else this.#serve(pdu);
  }

  /** Rejects a request with truncated fields. The status for a message is temporary, so that the peer repeats it. */
  #refuse({ command, sequence, message }: MalformedPdu): void {
    this.#malformed += 1;
    if (this.#malformed >= MOST_MALFORMED) this.#end(`the received data is not SMPP: ${message}`);
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
    if (this.#socket.writableLength > MOST_UNREAD) this.#end('the peer does not read the sent data');
  }

  #end(reason: string, misconfigured = false): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    clearTimeout(this.#timer);
    this.#writer.flush();
    // Written bytes are still sent. There is no wait for the peer to end the connection.
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
  // An IP address is not a server name (RFC 6066, §3). The certificate is checked against the address nevertheless.
  return connectTls({ host, port, servername: isIP(host) ? '' : host, ...options }, onConnect);
}

function isNack({ command }: Pdu): boolean {
  return command === 'generic_nack';
}
