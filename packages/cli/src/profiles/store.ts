import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../exit.ts';

export interface Profile {
  url: string;
  clientId: string;
  clientSecret: string;
}

export interface Profiles {
  /** The default profile. */
  current: string;
  profiles: Record<string, Profile>;
}

/** Path by the XDG Base Directory Specification: `$XDG_CONFIG_HOME`, else `~/.config`. */
export function pathOf(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'redcloud', 'config.json');
}

/** @throws UsageError when the file exists but is invalid */
export function readProfiles(env: NodeJS.ProcessEnv): Profiles {
  const path = pathOf(env);
  try {
    const { current, profiles } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Profiles>;
    if (typeof current !== 'string' || typeof profiles !== 'object') throw new UsageError('fields are missing');
    return { current, profiles: named(profiles) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: 'default', profiles: named({}) };
    // The message of JSON.parse is not used, because it quotes the file and thereby a secret.
    throw new UsageError(`Configuration ${path} cannot be read or is invalid. Remove the file and log in again.`);
  }
}

/**
 * Returns a record without a prototype, so that a lookup of a name such as `constructor` finds no inherited property.
 */
function named<T>(values: Record<string, T> | undefined): Record<string, T> {
  return Object.assign(Object.create(null), values);
}

/**
 * Whether other users of the machine can read the file, because it was copied or its permissions were changed. Always
 * false on Windows, which has other permissions.
 */
export function isOpenToOthers(env: NodeJS.ProcessEnv): boolean {
  try {
    return process.platform !== 'win32' && (statSync(pathOf(env)).mode & 0o077) !== 0;
  } catch {
    // The file does not exist or is inaccessible. Users without a profile need no warning.
    return false;
  }
}

/**
 * Writes the file atomically, readable by its owner only, because it contains secrets.
 * @throws UsageError when the file cannot be written
 */
export function writeProfiles(env: NodeJS.ProcessEnv, profiles: Profiles): void {
  const path = pathOf(env);
  try {
    write(path, profiles);
  } catch (error) {
    throw new UsageError(
      `Login cannot be stored: ${(error as Error).message}`,
      'Set XDG_CONFIG_HOME to another folder, or set REDCLOUD_CLIENT_ID and REDCLOUD_CLIENT_SECRET instead.',
    );
  }
}

function write(path: string, profiles: Profiles): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
