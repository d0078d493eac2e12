// A receiver of webhooks as bare as can be: a process of its own that counts and answers 204.
import { createServer } from 'node:http';

const counts: Record<string, number> = {};
const TYPE = /"type":"(message\.\w+)"/;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const type = TYPE.exec(body)?.[1] ?? 'other';
    counts[type] = (counts[type] ?? 0) + 1;
    response.writeHead(204).end();
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', () => process.send?.({ counts }));
