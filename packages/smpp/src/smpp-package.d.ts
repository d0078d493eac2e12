// Types for the used parts of the package, which has no types.
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';

  /** Mandatory fields and optional parameters by name. Unknown optional parameters by the number of their tag. */
  export interface Pdu {
    command: string;
    command_status: number;
    sequence_number: number;
    source_addr: string;
    destination_addr: string;
    registered_delivery: number;
    response(fields?: Record<string, unknown>): Pdu;
    toBuffer(): Buffer;
    [field: string]: unknown;
  }

  export interface Session extends EventEmitter {
    on(event: 'pdu' | 'submit_sm' | 'bind_transceiver' | 'enquire_link' | 'unbind', listener: (pdu: Pdu) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'close', listener: () => void): this;
    on(event: 'deliver_sm', listener: (pdu: Pdu) => void): this;
    send(pdu: Pdu): boolean;
    bind_transceiver(fields: Record<string, unknown>, answered: (pdu: Pdu) => void): boolean;
    submit_sm(fields: Record<string, unknown>, answered: (pdu: Pdu) => void): boolean;
    deliver_sm(fields: Record<string, unknown>): boolean;
  }

  export interface FieldType {
    read(buffer: Buffer, offset: number): unknown;
    size(value: unknown): number;
  }

  interface Command {
    id: number;
    params?: Record<string, { type: FieldType }>;
  }

  const smpp: {
    connect(options: { host: string; port: number }): Session;
    createServer(listener: (session: Session) => void): Server;
    PDU: { new (command: string, fields?: Record<string, unknown>): Pdu; prototype: Pdu };
    commands: Record<string, Command>;
    commandsById: Record<number, { command: string }>;
    tlvs: Record<string, { id: number; type: FieldType }>;
    tlvsById: Record<number, { tag: string; type: FieldType }>;
    errors: Record<string, number>;
    encodings: { ASCII: { encode(text: string): Buffer; decode(bytes: Buffer): string } };
  };
  export default smpp;
}
