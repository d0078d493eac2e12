import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../carriers/program.ts';
import { selfSigned } from './certificate.ts';

const DEPLOY = new URL('../../../../deploy/', import.meta.url);
const { key: KEY, cert: CERTIFICATE } = selfSigned('DNS:localhost', 'IP:127.0.0.1');
const START_MS = 10_000;

/** Ports of an installed proxy, and of the servers behind it. */
interface Ports {
  http: number;
  https: number;
  admin: number;
  upstreams: readonly [number, number];
}

/** One of the proxies that `deploy` has an example for. */
export interface Kind {
  name: string;
  /** Whether the program is installed. */
  isInstalled: boolean;
  /** The example, with other names, ports and paths. @returns the file with which the program starts. */
  write(directory: string, ports: Ports): string;
  validate(file: string): readonly string[];
  start(file: string): readonly string[];
}

const example = (name: string) => readFileSync(new URL(name, DEPLOY), 'utf8');

/** @throws if a text is absent, because the example has changed. */
function replaced(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`"${from}" is not in the example`);
    return changed.replaceAll(from, to);
  }, text);
}

export const NGINX: Kind = {
  name: 'nginx',
  isInstalled: spawnSync('nginx', ['-v']).status === 0,
  write(directory, { http, https, upstreams }) {
    const site = replaced(example('nginx.conf'), [
      ['127.0.0.1:3000', `127.0.0.1:${upstreams[0]}`],
      ['127.0.0.1:3001', `127.0.0.1:${upstreams[1]}`],
      ['listen 80;', `listen ${http};`],
      ['[::]:80;', `[::]:${http};`],
      ['listen 443 ', `listen ${https} `],
      ['[::]:443 ', `[::]:${https} `],
      ['/etc/letsencrypt/live/sms.example.com/fullchain.pem', join(directory, 'cert.pem')],
      ['/etc/letsencrypt/live/sms.example.com/privkey.pem', join(directory, 'key.pem')],
      ['server_name sms.example.com', 'server_name localhost'],
    ]);
    writeFileSync(join(directory, 'site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const main = [
      ...['daemon off;', 'user root;', `pid ${directory}/nginx.pid;`, 'events { worker_connections 4096; }', 'http {'],
      ...['access_log off;', ...temporary.map((name) => `${name}_temp_path ${directory}/${name};`)],
      ...[`include ${directory}/site.conf;`, '}'],
    ];
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, main.join('\n'));
    return file;
  },
  validate: (file) => ['-t', '-q', '-e', 'stderr', '-c', file],
  start: (file) => ['-e', 'stderr', '-c', file],
};

export const CADDY: Kind = {
  name: 'caddy',
  isInstalled: spawnSync('caddy', ['version']).status === 0,
  write(directory, { http, https, admin, upstreams }) {
    const file = join(directory, 'Caddyfile');
    const text = replaced(example('Caddyfile'), [
      ['127.0.0.1:3000', `127.0.0.1:${upstreams[0]}`],
      ['127.0.0.1:3001', `127.0.0.1:${upstreams[1]}`],
      ['http_port 80', `http_port ${http}`],
      ['https_port 443', `https_port ${https}`],
      ['localhost:2019', `localhost:${admin}`],
      ['# tls /etc/caddy/sms.example.com.pem', `tls ${directory}/cert.pem`],
      ['/etc/caddy/sms.example.com.key', `${directory}/key.pem`],
      ['\nsms.example.com {', '\nlocalhost {'],
    ]);
    writeFileSync(file, text);
    return file;
  },
  validate: (file) => ['validate', '--adapter', 'caddyfile', '--config', file],
  start: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
};

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Address of the client, in 127.0.0.0/8. */
  from?: string;
}

export interface Response {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: any response
  json(): any;
}

/** An installed proxy with the example configuration, before two servers. */
export class InstalledProxy {
  readonly #ports: Ports;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #agent = new Agent({ keepAlive: true, ca: CERTIFICATE, maxSockets: 250 });
  #output = '';

  private constructor(kind: Kind, ports: Ports) {
    this.#ports = ports;
    this.#directory = mkdtempSync(join(tmpdir(), `redcloud-${kind.name}-`));
    writeFileSync(join(this.#directory, 'cert.pem'), CERTIFICATE);
    writeFileSync(join(this.#directory, 'key.pem'), KEY);
    const file = kind.write(this.#directory, ports);
    const options = { env: { ...process.env, XDG_DATA_HOME: this.#directory, XDG_CONFIG_HOME: this.#directory } };
    const valid = spawnSync(kind.name, kind.validate(file), { ...options, encoding: 'utf8' });
    if (valid.status !== 0) throw new Error(`${kind.name} rejects its configuration: ${valid.stderr}`);
    this.#child = spawn(kind.name, kind.start(file), { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (chunk) => {
      this.#output += chunk;
    });
  }

  /** Validates the configuration and starts the proxy. @throws with its output, if it does not listen. */
  static async start(kind: Kind, upstreams: readonly [number, number]): Promise<InstalledProxy> {
    const [http, https, admin] = [await freePort(), await freePort(), await freePort()];
    const proxy = new InstalledProxy(kind, { http, https, admin, upstreams });
    const until = Date.now() + START_MS;
    while (!(await listens(https)) || !(await listens(http))) {
      if (Date.now() > until || proxy.#child.exitCode !== null) {
        await proxy.stop();
        throw new Error(`${kind.name} does not listen: ${proxy.#output}`);
      }
      await pause(50);
    }
    return proxy;
  }

  /** Sends a request over TLS, as it is written. */
  ask(path: string, { body, from, ...asked }: Asked = {}): Promise<Response> {
    const source = from === undefined ? {} : { localAddress: from };
    const options = { agent: this.#agent, host: '127.0.0.1', servername: 'localhost', path, ...asked, ...source };
    return answered(requestHttps({ ...options, port: this.#ports.https, headers: this.#headers(asked) }), body);
  }

  /** Sends a request without TLS. */
  askPlain(path: string): Promise<Response> {
    return answered(requestHttp({ host: '127.0.0.1', port: this.#ports.http, path, headers: { host: 'localhost' } }));
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'close');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #headers({ headers }: Asked): Record<string, string> {
    return { host: `localhost:${this.#ports.https}`, ...headers };
  }
}

function answered(request: ReturnType<typeof requestHttp>, body?: string | Buffer): Promise<Response> {
  return new Promise((resolve, reject) => {
    let hasResponse = false;
    // A server may respond before it has read the body, and close the connection.
    request.on('error', (error) => hasResponse || reject(error));
    request.on('response', async (response) => {
      hasResponse = true;
      const text = await buffer(response).catch(reject);
      if (!text) return;
      const json = () => JSON.parse(text.toString('utf8'));
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, json });
    });
    request.end(body);
  });
}
