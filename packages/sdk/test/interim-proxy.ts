import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Request line, such as `POST /api/auth/token HTTP/1.1`. */
const REQUEST_LINE = /(?:^|\r?\n)?((?:GET|POST|PATCH|PUT|DELETE) \S+) HTTP\/1\.1\r\n/g;

/** A proxy that writes interim responses before each response of a server. */
export async function startInterimProxy(target: string, interim: string) {
  const { hostname, port } = new URL(target);
  /** Method and path of each forwarded request. */
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      for (const [, line = ''] of chunk.toString('latin1').matchAll(REQUEST_LINE)) {
        seen.push(line);
        client.write(interim);
      }
      upstream.write(chunk);
    });
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async stop(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
