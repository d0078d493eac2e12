// Minimal carrier over HTTP. Responds to a submit with a reference, and reports it as delivered 200 ms later. The
// argument is the URL for its reports.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { postTo } from './post.ts';

const RECEIPT_MS = 200;
const CONNECTIONS = 64;

const [reportTo = ''] = process.argv.slice(2);
const agent = new Agent({ connections: CONNECTIONS });
const prefix = Date.now().toString(36);
let count = 0;

function report(reference: string): void {
  const body = JSON.stringify({ reference, state: 'DELIVERED' });
  postTo(agent, reportTo, { 'content-type': 'application/json' }, body).catch((error: Error) => {
    process.stderr.write(`carrier: receipt was rejected: ${error.message}\n`);
  });
}

const server = createServer((request, response) => {
  // The content of the submit is read and ignored.
  request.resume().on('end', () => {
    count += 1;
    const reference = `${prefix}-${count}`;
    setTimeout(report, RECEIPT_MS, reference);
    const body = JSON.stringify({ reference });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/submit` });
});
