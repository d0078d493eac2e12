import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../exit.ts';

export interface Profile {
  url: string;
  clientId: string;
  clientSecret: string;
}

export interface Profiles {
  /** The one that is used unless another is named. */
  current: string;
  profiles: Record<string, Profile>;
}

/** XDG Base Directory Specification: `$XDG_CONFIG_HOME`, else `~/.config`. */
export function pathOf(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'redcloud', 'config.json');
}

/** @throws UsageError when the file is there and is not what it should be */
export function readProfiles(env: NodeJS.ProcessEnv): Profiles {
  const path = pathOf(env);
  try {
    const { current, profiles } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Profiles>;
    if (typeof current !== 'string' || typeof profiles !== 'object') throw new UsageError('fields are missing');
    return { current, profiles: { ...profiles } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: 'default', profiles: {} };
    // Not JSON.parse's own words: they quote the file, and so a secret.
    throw new UsageError(`${path} can't be read, or is no configuration of redcloud's; remove it and log in again`);
  }
}

/** Whole or not at all, and for nobody else to read: it holds secrets. */
export function writeProfiles(env: NodeJS.ProcessEnv, profiles: Profiles): void {
  const path = pathOf(env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
