import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { endWithUs } from '../../../../bench/leftovers.ts';
import { askAt, binaries, freePort, noCluster, owner, type Servers } from './cluster.ts';

const EXAMPLES = new URL('../../../../deploy/high-availability/', import.meta.url);
const PROGRAMS = ['patroni', 'etcd', 'haproxy'];

/** @returns the reason why this machine cannot run Patroni, or undefined. */
export function noPatroni(): string | undefined {
  const missing = PROGRAMS.filter((program) => {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length > 0 ? `needs ${missing.join(', ')}` : noCluster();
}

interface Node {
  name: string;
  directory: string;
  port: number;
  apiPort: number;
  process: ChildProcess | undefined;
}

/** Two servers that Patroni manages as deploy/high-availability describes, with etcd and HAProxy. */
export class Patroni implements Servers {
  readonly #directory = mkdtempSync(join(tmpdir(), 'redcloud-patroni-'));
  readonly #owner = owner() ?? {};
  readonly #processes: ChildProcess[] = [];
  readonly #nodes: Node[] = [];
  #proxyPort = 0;
  #databases = 0;

  private constructor() {
    const { uid, gid } = owner() ?? {};
    if (uid !== undefined && gid !== undefined) chownSync(this.#directory, uid, gid);
    endWithUs(() => this.#abandon());
  }

  static async start(): Promise<Patroni> {
    const patroni = new Patroni();
    const etcd = await patroni.#startEtcd();
    for (const name of ['db1', 'db2']) {
      const node: Node = {
        ...{ name, directory: join(patroni.#directory, name), process: undefined },
        ...{ port: await freePort(), apiPort: await freePort() },
      };
      patroni.#nodes.push(node);
      patroni.#configure(node, etcd);
      patroni.#startNode(node);
      // The first node creates the cluster, and the second one copies it.
      await patroni.#until(`${name} to run`, async () => (await patroni.#memberOf(node))?.state === 'running');
    }
    await patroni.#startProxy();
    await patroni.#until('the synchronous standby', () => patroni.#isReplicated());
    return patroni;
  }

  get running(): boolean {
    return true;
  }

  /** Patroni starts servers. */
  async up(): Promise<void> {}

  /** @returns URL of a new, empty database, with both hosts. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `patroni_${this.#databases}`;
    await this.ask(`create database ${name}`, [], `postgres://x@y/postgres`);
    const hosts = this.#nodes.map(({ port }) => `127.0.0.1:${port}`);
    return `postgres://postgres:change-me@${hosts}/${name}?target_session_attrs=read-write`;
  }

  /** The same database through HAProxy. */
  proxied(databaseUrl: string): string {
    return databaseUrl.replace(/@[^/]*/, `@127.0.0.1:${this.#proxyPort}`);
  }

  ask<Row extends object>(sql: string, params: unknown[], url: string): Promise<Row[]> {
    return askAt<Row>(this.proxied(url.replace(/\/\/[^@]*@/, '//postgres:change-me@')), sql, params);
  }

  /** Ends the machine of the primary: Patroni and PostgreSQL, without a shutdown. @returns time of the promotion. */
  async failOver(): Promise<number> {
    const primary = await this.#primary();
    this.#kill(primary);
    await this.#until('a promotion', async () => (await this.#others(primary)).some(({ role }) => isPrimary(role)));
    return Date.now();
  }

  /** Starts the machine again. Patroni rewinds its server and makes it the standby. */
  async rejoin(): Promise<void> {
    for (const node of this.#nodes.filter(({ process }) => process === undefined)) this.#startNode(node);
    await this.#until('the synchronous standby', () => this.#isReplicated());
  }

  /** Changes the primary on purpose, as for maintenance. @returns time of the promotion. */
  async switchOver(): Promise<number> {
    const primary = await this.#primary();
    const [candidate] = this.#nodes.filter((node) => node !== primary);
    const config = ['-c', join(primary.directory, 'patroni.yml')];
    execFileSync('patronictl', [...config, 'list'], { stdio: 'ignore' });
    const names = ['--master', primary.name, '--candidate', candidate?.name ?? ''];
    execFileSync('patronictl', [...config, 'switchover', 'redcloud', ...names, '--force'], { stdio: 'ignore' });
    await this.#until('a promotion', async () => (await this.#others(primary)).some(({ role }) => isPrimary(role)));
    return Date.now();
  }

  async end(): Promise<void> {
    this.#abandon();
  }

  async #startEtcd(): Promise<string> {
    const [client, peer] = [await freePort(), await freePort()];
    const [clientUrl, peerUrl] = [client, peer].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    this.#spawn('etcd', [
      ...['--name', 'etcd1', '--data-dir', join(this.#directory, 'etcd')],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `etcd1=${peerUrl}`],
    ]);
    await this.#until('etcd', async () => (await fetch(`${clientUrl}/health`)).ok);
    return `127.0.0.1:${client}`;
  }

  /** The example with addresses of this machine. */
  #configure(node: Node, etcd: string): void {
    const example = parse(readFileSync(new URL('patroni.yml', EXAMPLES), 'utf8'));
    const api = `127.0.0.1:${node.apiPort}`;
    const postgres = `127.0.0.1:${node.port}`;
    mkdirSync(node.directory);
    const { uid, gid } = owner() ?? {};
    if (uid !== undefined && gid !== undefined) chownSync(node.directory, uid, gid);
    const config = {
      ...example,
      name: node.name,
      restapi: { listen: api, connect_address: api },
      etcd3: { hosts: etcd },
      postgresql: {
        ...example.postgresql,
        listen: postgres,
        connect_address: postgres,
        data_dir: join(node.directory, 'data'),
        bin_dir: binaries(),
        pgpass: join(node.directory, 'pgpass'),
        pg_hba: example.postgresql.pg_hba.map((line: string) => line.replace('10.20.0.0/24', '127.0.0.0/8')),
        parameters: { unix_socket_directories: node.directory },
      },
      watchdog: { mode: 'off' },
    };
    writeFileSync(join(node.directory, 'patroni.yml'), stringify(config));
  }

  #startNode(node: Node): void {
    // A process group of its own, so that PostgreSQL ends with Patroni.
    node.process = this.#spawn('patroni', [join(node.directory, 'patroni.yml')], node.directory);
  }

  async #startProxy(): Promise<void> {
    this.#proxyPort = await freePort();
    const [db1, db2] = this.#nodes as [Node, Node];
    const config = readFileSync(new URL('haproxy.cfg', EXAMPLES), 'utf8')
      .replace('10.20.0.20:5432', `127.0.0.1:${this.#proxyPort}`)
      .replace('10.20.0.11:5432 check port 8008', `127.0.0.1:${db1.port} check port ${db1.apiPort}`)
      .replace('10.20.0.12:5432 check port 8008', `127.0.0.1:${db2.port} check port ${db2.apiPort}`);
    const file = join(this.#directory, 'haproxy.cfg');
    writeFileSync(file, config);
    execFileSync('haproxy', ['-c', '-f', file], { stdio: 'ignore' });
    this.#spawn('haproxy', ['-f', file]);
    await this.#until('HAProxy', async () => (await this.ask('select 1', [], 'postgres://x@y/postgres')).length === 1);
  }

  #spawn(program: string, args: readonly string[], cwd = this.#directory): ChildProcess {
    const log = openSync(join(this.#directory, `${program}.log`), 'a');
    const child = spawn(program, args, { ...this.#owner, cwd, detached: true, stdio: ['ignore', log, log] });
    this.#processes.push(child);
    return child;
  }

  #kill(node: Node): void {
    killGroup(node.process);
    node.process = undefined;
    // PostgreSQL is no child of Patroni. Its other processes end with the postmaster.
    try {
      const [pid] = readFileSync(join(node.directory, 'data', 'postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // PostgreSQL has ended.
    }
  }

  async #primary(): Promise<Node> {
    for (const node of this.#nodes) if (isPrimary((await this.#memberOf(node))?.role)) return node;
    throw new Error('no node is the primary');
  }

  #others(than: Node): Promise<{ role?: string }[]> {
    return Promise.all(
      this.#nodes.filter((node) => node !== than).map(async (node) => (await this.#memberOf(node)) ?? {}),
    );
  }

  async #memberOf(node: Node): Promise<{ state: string; role: string } | undefined> {
    try {
      return (await (await fetch(`http://127.0.0.1:${node.apiPort}/patroni`)).json()) as {
        state: string;
        role: string;
      };
    } catch {
      return undefined;
    }
  }

  /** Whether Patroni would promote the other server. */
  async #isReplicated(): Promise<boolean> {
    const response = await fetch(`http://127.0.0.1:${(await this.#primary()).apiPort}/cluster`);
    const { members } = (await response.json()) as { members: { role: string }[] };
    return members.some(({ role }) => role === 'sync_standby');
  }

  async #until(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (!(await check().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`waited 120 s for ${what}; see ${this.#directory}`);
      await delay(50);
    }
  }

  #abandon(): void {
    for (const node of this.#nodes) this.#kill(node);
    for (const child of this.#processes) killGroup(child);
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isPrimary(role: string | undefined): boolean {
  // Patroni before 4.0 says master.
  return role === 'master' || role === 'primary';
}

function killGroup(child: ChildProcess | undefined): void {
  try {
    if (child?.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has ended.
  }
}
