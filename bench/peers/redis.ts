import { connect } from 'node:net';
import { temporaryFolder } from '../leftovers.ts';
import { type Foreign, freePorts, startForeign } from './foreign.ts';

export interface RedisServer extends Foreign {
  port: number;
}

/** New, empty Redis on a disk. Acknowledges a write after it is synced. */
export async function startRedis(program: string): Promise<RedisServer> {
  await using started = new AsyncDisposableStack();
  const { path } = started.use(temporaryFolder());
  const [port = 0] = await freePorts(1);
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', path, ...durable];
  const { pid } = started.use(await startForeign(program, args, () => answers(port)));
  const all = started.move();
  return { pid, port, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('error', () => resolve(false));
    socket.on('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1').startsWith('+PONG'));
      socket.destroy();
    });
  });
}
