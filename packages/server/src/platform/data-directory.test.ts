import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Ledger } from '../carriers/simulator/ledger.ts';
import { lockDirectory } from '../db/drivers/lock.ts';
import { keptSecretKey } from '../identity/keys.ts';
import { restrictDataDirectory } from './data-directory.ts';

const OWN = ['pg', 'redcloud.lock', 'secret.key', 'simulator', 'simulator/ledger.ndjson'];
const PRIVATE = [0o700, 0o600, 0o600, 0o700, 0o600];

let directory: string;
let umask: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-modes-'));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(directory, { recursive: true, force: true });
});

const path = (name: string) => join(directory, name);
const modeOf = (name: string) => statSync(path(name)).mode & 0o7777;

describe.skipIf(process.platform === 'win32')('The data directory', () => {
  test('New files are accessible to their owner only, regardless of the umask.', () => {
    const lock = lockDirectory(directory);
    keptSecretKey(directory);
    const ledger = new Ledger(path('simulator/ledger.ndjson'));
    ledger.open();
    expect(OWN.slice(1).map(modeOf)).toEqual(PRIVATE.slice(1));
    ledger.close();
    lock.release();
  });

  test('Existing entries with other modes are restricted, and foreign entries stay unchanged.', () => {
    mkdirSync(path('pg'));
    mkdirSync(path('simulator'));
    for (const name of ['redcloud.lock', 'secret.key', 'simulator/ledger.ndjson', 'pg/base', 'other']) {
      writeFileSync(path(name), 'x');
    }
    for (const name of ['.', 'pg', 'simulator']) chmodSync(path(name), 0o777);
    for (const name of [...OWN.filter((name) => name.includes('.')), 'pg/base', 'other']) chmodSync(path(name), 0o666);
    expect(restrictDataDirectory(directory)).toEqual([]);
    expect(OWN.map(modeOf)).toEqual(PRIVATE);
    expect(['.', 'other', 'pg/base'].map(modeOf)).toEqual([0o777, 0o666, 0o666]);
  });

  test('A symbolic link is reported, and its target keeps its mode.', () => {
    mkdirSync(path('elsewhere'));
    chmodSync(path('elsewhere'), 0o755);
    symlinkSync(path('elsewhere'), path('simulator'));
    expect(restrictDataDirectory(directory)).toEqual([{ path: path('simulator'), code: 'ELOOP' }]);
    expect(modeOf('elsewhere')).toBe(0o755);
  });

  test('A missing data directory has no entries to restrict.', () => {
    expect(restrictDataDirectory(path('absent'))).toEqual([]);
  });
});
