import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { endWithUs } from '../../../../bench/leftovers.ts';

const SETTINGS = `
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 64MB
min_wal_size = 32MB
max_wal_size = 256MB
autovacuum_naptime = 5s
wal_keep_size = 256MB
log_min_messages = warning
log_line_prefix = '%m [%p] '
`;

/** Stop modes of `pg_ctl stop -m`. */
const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Directory of the PostgreSQL programs, if installed. */
export function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [process.env['PG_BIN'], ...versions.map((version) => join(debian, version, 'bin'))];
  const inPath = (process.env['PATH'] ?? '').split(':');
  return [...candidates, ...inPath].find((directory) => directory && existsSync(join(directory, 'initdb')));
}

/** PostgreSQL does not run as root. */
export function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  return { uid: id('-u'), gid: id('-g') };
}

/** @returns the reason why this machine cannot run a cluster, or undefined. */
export function noCluster(): string | undefined {
  if (process.platform === 'win32') return 'needs signals, which Windows lacks';
  if (!binaries()) return "needs PostgreSQL's programs: initdb and postgres in PG_BIN, /usr/lib/postgresql or PATH";
  try {
    owner();
    return undefined;
  } catch {
    return 'runs as root, and needs a user "postgres" for PostgreSQL';
  }
}

export interface ClusterOptions {
  /** Size in MiB of a separate file system, which can be filled. */
  diskMiB?: number;
}

/** Runs one statement on a connection of its own. */
export async function askAt<Row extends object>(url: string, sql: string, params: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql, params)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** PostgreSQL as the participants of a scenario use it. */
export type Servers = Pick<Cluster, 'running' | 'up' | 'database' | 'end'> & {
  /** Runs one statement on the server that accepts writes. @param url URL from `database` */
  ask<Row extends object>(sql: string, params: unknown[], url: string): Promise<Row[]>;
  /** The same database through a proxy. */
  proxied?(databaseUrl: string): string;
};

/** A PostgreSQL server on a separate port that a test may disturb. Ends with the test in every case. */
export class Cluster {
  readonly #bin = binaries() as string;
  readonly #owner = owner() ?? {};
  readonly #directory = mkdtempSync(join(tmpdir(), 'redcloud-crash-pg-'));
  readonly #options: ClusterOptions;
  #port = 0;
  #postmaster: ChildProcess | undefined;
  #databases = 0;

  private constructor(options: ClusterOptions) {
    this.#options = options;
    const { uid, gid } = owner() ?? {};
    if (options.diskMiB)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.diskMiB}m`, 'tmpfs', this.#directory]);
    if (uid !== undefined && gid !== undefined) chownSync(this.#directory, uid, gid);
    endWithUs(() => this.#abandon());
  }

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster(options);
    cluster.#port = await freePort();
    cluster.#run('initdb', ['-D', cluster.#data, '-A', 'trust', '-U', 'postgres', '--no-sync', ...cluster.#segments()]);
    cluster.configure(options.diskMiB ? 'max_wal_size = 8MB\nmin_wal_size = 2MB\nshared_buffers = 16MB\n' : '');
    await cluster.up();
    return cluster;
  }

  /** Starts a streaming standby of `primary`. */
  static async standbyOf(primary: Cluster): Promise<Cluster> {
    const cluster = new Cluster({});
    cluster.#port = await freePort();
    await cluster.followAgain(primary);
    return cluster;
  }

  /** Replaces all data by a copy of `primary`, and follows it. */
  async followAgain(primary: Cluster): Promise<void> {
    await this.down('immediate');
    rmSync(this.#data, { recursive: true, force: true });
    const from = `postgres://postgres@127.0.0.1:${primary.#port}/postgres?application_name=standby`;
    this.#run('pg_basebackup', ['-D', this.#data, '-d', from, '-c', 'fast', '--no-sync', '-R']);
    const link = `primary_conninfo = '${from}'\n`;
    this.configure(link);
    await this.up();
  }

  /** Writes the settings. A running server reads them again. */
  configure(more: string): void {
    const own = `port = ${this.#port}\nunix_socket_directories = '${this.#directory}'\n`;
    writeFileSync(join(this.#data, 'postgresql.auto.conf'), `${SETTINGS}${own}${more}`);
    this.#postmaster?.kill('SIGHUP');
  }

  /** Copies all data, and keeps every further change of it in an archive (PostgreSQL, "Continuous Archiving"). */
  async archive(): Promise<{ restore(target: string): Promise<Cluster> }> {
    const directory = join(this.#directory, 'archive');
    const copy = join(this.#directory, 'copy');
    mkdirSync(directory);
    const { uid, gid } = owner() ?? {};
    if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
    await this.down('fast');
    this.configure(`archive_mode = on\narchive_command = 'cp %p ${directory}/%f'\n`);
    await this.up();
    this.#run('pg_basebackup', ['-D', copy, '-d', this.url, '-c', 'fast', '--no-sync']);
    return {
      /** Starts another server with the state of a restore point. */
      restore: async (target) => {
        await this.ask('select pg_switch_wal()', []);
        await this.down('fast');
        const restored = new Cluster({});
        restored.#port = await freePort();
        rmSync(restored.#data, { recursive: true, force: true });
        restored.#run('cp', ['-a', copy, restored.#data]);
        restored.#run('touch', [join(restored.#data, 'recovery.signal')]);
        restored.configure(
          `restore_command = 'cp ${directory}/%f %p'\nrecovery_target_name = '${target}'\nrecovery_target_action = promote\n`,
        );
        await restored.up();
        while ((await restored.ask('select 1 where pg_is_in_recovery()', [])).length > 0) await delay(50);
        return restored;
      },
    };
  }

  /** Makes the standby a primary. */
  async promote(): Promise<void> {
    await this.ask('select pg_promote(true, 30)', []);
  }

  /** URL of the default database of the server. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  get #data(): string {
    return join(this.#directory, 'data');
  }

  get running(): boolean {
    return this.#postmaster !== undefined;
  }

  /** Small WAL segments for a small disk. */
  #segments(): string[] {
    return this.#options.diskMiB ? ['--wal-segsize=1'] : [];
  }

  #run(program: string, args: readonly string[]): void {
    execFileSync(existsSync(join(this.#bin, program)) ? join(this.#bin, program) : program, args, {
      ...this.#owner,
      cwd: this.#directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  /** Starts the server and resolves when it accepts connections. @throws if it ends before. */
  async up(): Promise<void> {
    const log = openSync(join(tmpdir(), `${this.#directory.split('/').at(-1)}.log`), 'a');
    const postmaster = spawn(join(this.#bin, 'postgres'), ['-D', this.#data], {
      ...this.#owner,
      cwd: this.#directory,
      stdio: ['ignore', log, log],
    });
    this.#postmaster = postmaster;
    postmaster.once('exit', () => {
      if (this.#postmaster === postmaster) this.#postmaster = undefined;
    });
    while (!(await this.#takesConnections())) {
      if (postmaster.exitCode !== null || postmaster.signalCode !== null)
        throw new Error('PostgreSQL ended at its start');
      await delay(50);
    }
  }

  async #takesConnections(): Promise<boolean> {
    return this.ask('select 1', [], this.url).then(
      () => true,
      () => false,
    );
  }

  async down(how: keyof typeof SIGNALS): Promise<void> {
    const postmaster = this.#postmaster;
    if (!postmaster) return;
    const gone = once(postmaster, 'exit');
    postmaster.kill(SIGNALS[how]);
    await gone;
  }

  /** @returns the URL of a new, empty database. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `crash_${this.#databases}`;
    await this.ask(`create database ${name}`, [], this.url);
    return this.url.replace(/postgres$/, name);
  }

  /** Runs one statement on a separate connection. */
  ask<Row extends object>(sql: string, params: unknown[], url = this.url): Promise<Row[]> {
    return askAt<Row>(url, sql, params);
  }

  /** Fills the disk completely, until `freeDisk`. */
  fillDisk(): void {
    const filler = openSync(join(this.#directory, 'filler'), 'a');
    const chunk = Buffer.alloc(65_536);
    try {
      // Some systems report a full disk with an error, others with a write of 0 bytes.
      while (writeSync(filler, chunk) > 0);
    } catch {
      // The error is expected.
    } finally {
      closeSync(filler);
    }
  }

  freeDisk(): void {
    rmSync(join(this.#directory, 'filler'), { force: true });
  }

  async end(): Promise<void> {
    await this.down('immediate');
    this.#abandon();
  }

  /** Releases everything without waiting. */
  #abandon(): void {
    this.#postmaster?.kill('SIGQUIT');
    try {
      if (this.#options.diskMiB) execFileSync('umount', ['--lazy', this.#directory], { stdio: 'ignore' });
      rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
      rmSync(join(tmpdir(), `${this.#directory.split('/').at(-1)}.log`), { force: true });
    } catch {
      // The server may still be removing its last files.
    }
  }
}

/**
 * @returns the reason why this machine cannot mount a separate file system, or undefined. Mounting requires root and a
 * suitable kernel.
 */
export function noOwnDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-crash-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' });
    execFileSync('umount', [directory], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'needs to mount a small file system, which only root may';
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
