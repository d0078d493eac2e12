import { once } from 'node:events';
import { createServer } from 'node:net';
import { CONNECTIONS_AT_MOST, openFilesLimit, RESERVED } from '#entrances/http/connections/limit.ts';
import type { Examined } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The oldest version is in bin/runtime.mjs, which refuses older ones. Node 24 is the version of the tests. */
const TESTED_MAJOR = 24;
const RESPONSE_MS = 2_000;

export function examineNode(): Finding[] {
  const { node } = process.versions;
  const text = `Node ${node} on ${process.platform}-${process.arch}.`;
  if (Number(node.split('.')[0]) >= TESTED_MAJOR) return [ok('node', text)];
  return [warn('node', text, `Red Cloud is tested with Node ${TESTED_MAJOR}. Install this version.`)];
}

export function examineFiles(): Finding[] {
  const limit = openFilesLimit();
  if (limit === Number.POSITIVE_INFINITY) return [ok('open files', 'No known limit of open files.')];
  if (limit >= CONNECTIONS_AT_MOST + RESERVED) return [ok('open files', `The process may open ${limit} files.`)];
  const text = `The process may open ${limit} files, so fewer than ${CONNECTIONS_AT_MOST} connections are accepted.`;
  return [warn('open files', text, 'Raise the limit, for example with LimitNOFILE=65536 or ulimit -n 65536.')];
}

/** Examines whether the server can listen. Listens for a moment and accepts nothing. */
export async function examinePorts({ settings: { host, port, internal } }: Examined): Promise<Finding[]> {
  const addresses = [
    { host, port, variable: 'PORT' },
    ...(internal ? [{ ...internal, variable: 'RC_INTERNAL_PORT' }] : []),
  ];
  const findings = addresses.map((one) => examinePort(one.host, one.port, one.variable));
  return (await Promise.all(findings)).flat();
}

async function examinePort(host: string | undefined, port: number | undefined, variable: string): Promise<Finding[]> {
  if (host === undefined || port === undefined) return [];
  const where = `${host}:${port}`;
  const { code, message } = await listenError(host, port);
  if (code === undefined) return [ok('port', `The server can listen on ${where}.`)];
  if (code !== 'EADDRINUSE')
    return [fail('port', `The server cannot listen on ${where} (${message}).`, `Set HOST and ${variable}.`)];
  if (await isRedCloud(where)) return [ok('port', `A running Red Cloud responds on ${where}.`)];
  return [fail('port', `Another program uses ${where}.`, `Stop the other program, or set ${variable}.`)];
}

async function listenError(host: string, port: number): Promise<{ code?: string; message?: string }> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(port, host), 'listening');
    return {};
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    return { code, message };
  } finally {
    server.close();
  }
}

async function isRedCloud(where: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${where}/health/live`, { signal: AbortSignal.timeout(RESPONSE_MS) });
    return response.ok && response.headers.has('x-request-id');
  } catch {
    return false;
  }
}
