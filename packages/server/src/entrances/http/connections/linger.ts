import type { Socket } from 'node:net';
import type { Pipeline } from './pipeline.ts';

/**
 * Reads and discards the rest of a request whose response closes the connection, until the peer has read the response or the timeout
 * `closing` is over. Node closes the socket at once. A peer that is still sending then gets a reset instead of the response, and a
 * proxy answers 502 (RFC 9112, section 9.6).
 */
export function lingerAfterResponse(socket: Socket, pipeline: Pick<Pipeline, 'incomplete'>): void {
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    const { incomplete } = pipeline;
    if (!incomplete) return destroySoon();
    incomplete.resume();
    return socket.end();
  };
}
