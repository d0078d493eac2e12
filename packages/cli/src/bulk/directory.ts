import { readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../exit.ts';
import { segment } from '../sdk.ts';
import type { Bulk } from './bulk.ts';
import { createFile, jsonOf, replaceFile, textOf } from './files.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Request of `bulk pause` or `bulk cancel`. The sending process reads it before each row. */
export type BulkRequest = 'pause' | 'cancel';

/** Path by the XDG Base Directory Specification: `$XDG_STATE_HOME`, else `~/.local/state`. */
function rootOf(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'redcloud', 'bulk');
}

/**
 * Files of one bulk send. Each file has one kind of writer: the description and the journal belong to the process that
 * owns the bulk send, and the request belongs to the commands that stop it.
 */
export class BulkDirectory {
  readonly id: string;
  readonly #path: string;

  constructor(env: NodeJS.ProcessEnv, id: string) {
    this.id = id;
    this.#path = join(rootOf(env), id);
  }

  get journal(): string {
    return join(this.#path, 'journal.ndjson');
  }

  read(): Bulk | undefined {
    return jsonOf<Bulk>(join(this.#path, 'bulk.json'));
  }

  /** @throws UsageError when the file cannot be written */
  write(bulk: Bulk): void {
    stored(() => replaceFile(join(this.#path, 'bulk.json'), `${JSON.stringify(bulk, null, 2)}\n`));
  }

  requested(): BulkRequest | undefined {
    const text = textOf(this.#request)?.trim();
    return text === 'pause' || text === 'cancel' ? text : undefined;
  }

  request(request: BulkRequest): void {
    stored(() => replaceFile(this.#request, `${request}\n`));
  }

  clearRequest(): void {
    rmSync(this.#request, { force: true });
  }

  /** The process that owns the bulk send, if it runs. */
  owner(): ProcessIdentity | undefined {
    const owner = jsonOf<ProcessIdentity>(this.#owner);
    return owner && isAlive(owner) ? owner : undefined;
  }

  /** The last process that owned the bulk send, also after a kill. Undefined after a regular end. */
  lastOwner(): ProcessIdentity | undefined {
    return jsonOf<ProcessIdentity>(this.#owner);
  }

  /**
   * Makes this process the owner. Replaces an owner that was killed.
   *
   * @returns function that ends the ownership
   * @throws UsageError when another process owns the bulk send, or the directory cannot be written
   */
  own(): () => void {
    const mine = `${JSON.stringify(ownIdentity())}\n`;
    for (;;) {
      if (stored(() => createFile(this.#owner, mine))) return () => this.#release(mine);
      const owner = this.owner();
      if (owner) throw new UsageError(`Bulk send ${this.id} runs in process ${owner.pid}`, this.#pauseFirst());
      rmSync(this.#owner, { force: true });
    }
  }

  #release(mine: string): void {
    if (textOf(this.#owner) === mine) rmSync(this.#owner, { force: true });
  }

  #pauseFirst(): string {
    return `Wait for its end, or stop it with \`redcloud bulk pause ${this.id}\`.`;
  }

  get #request(): string {
    return join(this.#path, 'request');
  }

  get #owner(): string {
    return join(this.#path, 'owner.json');
  }
}

/** All bulk sends of this user on this machine, newest first. */
export function allBulks(env: NodeJS.ProcessEnv): { bulk: Bulk; directory: BulkDirectory }[] {
  const found = names(rootOf(env)).flatMap((id) => {
    const directory = new BulkDirectory(env, id);
    const bulk = directory.read();
    return bulk ? [{ bulk, directory }] : [];
  });
  return found.toSorted((one, other) => other.bulk.createdAt.localeCompare(one.bulk.createdAt));
}

/** @throws UsageError when there is no such bulk send */
export function findBulk(env: NodeJS.ProcessEnv, id: string): { bulk: Bulk; directory: BulkDirectory } {
  const directory = new BulkDirectory(env, segment('bulkId', id));
  const bulk = directory.read();
  if (!bulk) throw new UsageError(`There is no bulk send ${id}`, '`redcloud bulk list` shows those of this machine.');
  return { bulk, directory };
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function stored<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    const next = 'Nothing was sent. Set XDG_STATE_HOME to a folder that can be written.';
    throw new UsageError(`State of the bulk send cannot be stored: ${(error as Error).message}`, next);
  }
}
