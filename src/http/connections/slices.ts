import type { Socket } from 'node:net';
import type { Pipeline } from './pipeline.ts';

/** Octets that the parser gets at a time: up to some 200 requests, and mostly a whole one. */
const SLICE = 4_096;

/**
 * Whether Node has paused the socket because too much response data waits for its peer (`socketOnDrain` in Node's _http_server.js). Node
 * resumes it when that data is written. Data that reaches the parser before that ends the process: an assertion fails.
 */
export function isPausedByNode(socket: Socket): boolean {
  return (socket as Socket & { _paused?: boolean })._paused === true;
}

/**
 * Gives what arrives to Node's parser in slices, and stops between two slices when requests are held or the socket is paused. Node
 * parses all of a chunk otherwise, 64 KiB at a time, and the event loop stands still for as long as 1,700 requests take to be set up.
 *
 * To be called in 'connection', where the only listener for data is the parser's.
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
    // Node has resumed the socket at the end of each request, whether it was paused or not.
    socket.pause();
    socket.unshift(chunk.subarray(at));
  });
}
