// What bench/peers/smsc.ts uses of the package, which comes without types.
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';

  export interface Pdu {
    source_addr: string;
    destination_addr: string;
    registered_delivery: number;
    response(fields?: Record<string, unknown>): Pdu;
  }

  export interface Session extends EventEmitter {
    on(event: 'pdu' | 'submit_sm' | 'bind_transceiver' | 'enquire_link' | 'unbind', listener: (pdu: Pdu) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'close', listener: () => void): this;
    send(pdu: Pdu): boolean;
    deliver_sm(fields: Record<string, unknown>): boolean;
  }

  const smpp: { createServer(listener: (session: Session) => void): Server };
  export default smpp;
}
