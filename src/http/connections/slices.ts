import type { Socket } from 'node:net';
import type { Pipeline } from './pipeline.ts';

/** Octets that the parser gets at a time: up to some 200 requests, and mostly a whole one. */
const SLICE = 4_096;

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
    while (at < chunk.length && !pipeline.isHeld && !socket.isPaused() && !socket.destroyed) {
      parse(chunk.length <= SLICE ? chunk : chunk.subarray(at, at + SLICE));
      at += SLICE;
    }
    if (at >= chunk.length || socket.destroyed) return;
    // Node has resumed the socket at the end of each request, whether it was paused or not.
    socket.pause();
    socket.unshift(chunk.subarray(at));
  });
}
