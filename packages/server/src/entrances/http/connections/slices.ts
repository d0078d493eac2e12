import type { Socket } from 'node:net';
import type { Pipeline } from './pipeline.ts';

/** Bytes that the parser gets at a time: up to about 200 requests, and usually a whole one. */
const SLICE = 4_096;

/**
 * Whether Node has paused the socket because too much response data waits for its peer (`socketOnDrain` in Node's
 * _http_server.js). Node resumes the socket when that data is written. Data that reaches the parser earlier ends the
 * process with a failed assertion.
 */
export function isPausedByNode(socket: Socket): boolean {
  return (socket as Socket & { _paused?: boolean })._paused === true;
}

/**
 * Passes received data to Node's parser in slices. Stops between two slices if requests are held or the socket is
 * paused. Node itself parses a whole chunk of 64 KiB, which blocks the event loop while 1,700 requests are set up.
 *
 * Must be called in 'connection', where the parser has the only listener for data.
 */
export function parseInSlices(socket: Socket, pipeline: Pipeline): void {
  const [parse] = socket.listeners('data') as [(chunk: Buffer) => void];
  socket.off('data', parse);
  socket.on('data', (chunk: Buffer) => {
    let at = 0;
    const mayParse = () => !pipeline.isHeld && !socket.isPaused() && !isPausedByNode(socket) && !socket.destroyed;
    while (at < chunk.length && mayParse()) {
      parse(chunk.length <= SLICE ? chunk : chunk.subarray(at, at + SLICE));
      at += SLICE;
    }
    if (at >= chunk.length || socket.destroyed) return;
    // Node has resumed the socket at the end of each request, even if the socket was paused.
    socket.pause();
    socket.unshift(chunk.subarray(at));
  });
}
