import type { Socket } from 'node:net';
import { decode, encode, encodeResponse, isResponse, type Pdu, STATUS, stringOf } from '../pdu/codec.ts';
import { Framer } from './framer.ts';
import { Writer } from './writer.ts';

export interface ServerSessionOptions {
  /** @returns the status of the response to the bind. */
  onBind(systemId: string, password: string): number;
  onBound(link: ServerSession): void;
  onSubmit(link: ServerSession, pdu: Pdu): void;
  onEnd(link: ServerSession): void;
  isDeaf(): boolean;
  /** Changes each PDU before it is written. */
  alter(pdu: Buffer): Buffer;
}

/** Connection of one client to an SMSC, bound or not yet bound. */
export class ServerSession {
  readonly #socket: Socket;
  readonly #writer: Writer;
  readonly #options: ServerSessionOptions;
  readonly #framer = new Framer();
  readonly #asked = new Map<number, (status: number | undefined) => void>();
  #sequence = 0;
  /** Whether the bind allows deliver_sm. */
  receives = false;
  #sends = false;

  constructor(socket: Socket, options: ServerSessionOptions) {
    this.#socket = socket;
    this.#writer = new Writer(socket);
    this.#options = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.receives = false;
      for (const tell of this.#asked.values()) tell(undefined);
      this.#asked.clear();
      options.onEnd(this);
    });
  }

  answer(pdu: Pdu, status: number, fields: Record<string, unknown> = {}): void {
    this.#send(encodeResponse(pdu, status, fields));
  }

  /** Sends a deliver_sm. @returns the status of the response. Undefined without a response. */
  deliver(fields: Record<string, unknown>): Promise<number | undefined> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    return new Promise((resolve) => {
      this.#asked.set(sequence, resolve);
      this.#send(encode('deliver_sm', sequence, fields));
    });
  }

  /** Writes raw octets, without `alter`. */
  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#writer.write(bytes);
  }

  #send(pdu: Buffer): void {
    this.write(this.#options.alter(pdu));
  }

  /** Destroys the connection, like a network failure. */
  cut(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#framer.push(chunk)) this.#serve(decode(frame));
    } catch {
      this.#socket.destroy();
    }
  }

  #serve(pdu: Pdu): void {
    if (this.#options.isDeaf()) return;
    if (isResponse(pdu)) {
      this.#asked.get(pdu.sequence_number)?.(pdu.command_status);
      this.#asked.delete(pdu.sequence_number);
      return;
    }
    const [, bind] = /^bind_(transceiver|transmitter|receiver)$/.exec(pdu.command) ?? [];
    if (bind) this.#bind(pdu, bind);
    else if (pdu.command === 'enquire_link') this.answer(pdu, STATUS.ROK);
    else if (pdu.command === 'unbind') {
      this.answer(pdu, STATUS.ROK);
      this.#writer.flush();
      this.#socket.end();
    } else if (pdu.command === 'submit_sm') {
      if (this.#sends) this.#options.onSubmit(this, pdu);
      else this.answer(pdu, STATUS.RINVBNDSTS);
    } else this.write(encode('generic_nack', pdu.sequence_number, { command_status: STATUS.RINVCMDID }));
  }

  #bind(pdu: Pdu, as: string): void {
    const status = this.#options.onBind(stringOf(pdu, 'system_id'), stringOf(pdu, 'password'));
    this.answer(pdu, status, { system_id: 'redcloud-smsc', sc_interface_version: 0x34 });
    if (status !== STATUS.ROK) {
      this.#writer.flush();
      this.#socket.end();
      return;
    }
    this.#sends = as !== 'receiver';
    this.receives = as !== 'transmitter';
    this.#options.onBound(this);
  }
}
