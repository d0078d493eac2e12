// @module-tag slow
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shell } from '../../server/test/support/shell.ts';
import { BIN, Machine } from './command.ts';

let machine: Machine;
let path: string;

/** A machine with `redcloud` in its path, as after an installation. */
beforeAll(async () => {
  machine = new Machine();
  path = machine.pathOf('bin');
  await mkdir(path);
  await symlink(process.execPath, join(path, 'node'));
  await writeFile(join(path, 'redcloud'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 });
});
afterAll(() => machine.remove());

const inBash = (script: string) => shell(script, { PATH: `${path}:${process.env['PATH']}` });
const has = (program: string) => [`/bin/${program}`, `/usr/bin/${program}`].some(existsSync);

/** Returns the completions of bash for the last word. */
function bash(...words: string[]): Promise<string> {
  const typed = ['redcloud', ...words].map((word) => `'${word}'`).join(' ');
  return inBash(`
    source <(redcloud completion bash)
    complete -p redcloud | grep -q -- '-F _redcloud'
    COMP_WORDS=(${typed}); COMP_CWORD=${words.length}
    _redcloud
    printf '%s\\n' "\${COMPREPLY[@]:-}"`);
}

test('bash completes commands, options and their values, and leaves files to the shell.', async () => {
  expect((await bash('webhooks', 're')).split('\n')).toEqual(expect.arrayContaining(['replay', 'replays']));
  expect(await bash('--sandbox', 'send', '--fi')).toBe('--file\n');
  expect(await bash('messages', 'list', '--status', 'DEL')).toBe('DELIVERED\n');
  expect(await bash('completion', 'z')).toBe('zsh\n');
  expect(await bash('send', '--file', 'x')).toBe('\n');
  expect(await bash('send', '--media', 'x')).toBe('\n');
  expect(await bash('media', 'u')).toBe('upload\n');
  expect(await bash('media', 'upload', 'x')).toBe('\n');
  const first = (await bash('')).split('\n');
  expect(first).toEqual(expect.arrayContaining(['login', 'send', 'admin']));
  expect(first).not.toContain('complete');
});

test.runIf(has('fish'))('fish completes commands.', async () => {
  const ask = `redcloud completion fish | source; complete -C "redcloud webhooks rep"`;
  const found = await inBash(`fish --no-config -c '${ask}'`);
  expect(found.split('\n')).toEqual(expect.arrayContaining(['replay', 'replays']));
});

test.runIf(has('zsh'))('zsh completes commands.', async () => {
  // zsh completes only in its line editor. A replacement of compadd captures the candidates.
  const found = await inBash(`zsh -f -c '
    compdef() { :; }
    source <(redcloud completion zsh)
    compadd() { shift; print -l -- "$@"; }
    words=(redcloud webhooks rep); CURRENT=3
    _redcloud'`);
  expect(found.split('\n')).toEqual(expect.arrayContaining(['replay', 'replays']));
});
