import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';

interface Parsed {
  variables: Record<string, string>;
  ignored: number[];
}

// Plain JavaScript, which the packaged program imports.
const MODULE = new URL('../../../../deploy/environment-file.mjs', import.meta.url).href;
const { parseEnvironmentFile } = (await import(MODULE)) as { parseEnvironmentFile(text: string): Parsed };
const variablesOf = (...lines: string[]) => parseEnvironmentFile(lines.join('\n')).variables;

test('A value without quotes arrives unchanged, without the space around it.', () => {
  const values = ['postgresql://h/x?a=b&c=d', '$HOME', '`id`;id', 'a # b', "it's", 'say "x"', '#1', '€'];
  const lines = values.map((value, index) => `V${index}= ${value} \t`);
  expect(Object.values(variablesOf(...lines))).toEqual(values);
});

// As systemd 252 reads these lines, by the output of `systemd-run --pipe --property=EnvironmentFile=FILE env`.
test('Quotes and backslashes have the meaning that they have for systemd.', () => {
  expect(
    variablesOf(
      '# comment',
      '  ; comment',
      `A='& $HOME "x" \\'  `,
      'B="\\$HOME \\"q\\" \\n \\\\ & \' z"',
      'C=a\\',
      'b\\ c\\ ',
      "'x'",
      "D  =  'x' \"y\" z'w'",
      'E=',
      "F='two",
      "lines'",
      "G='a'\\''b'",
      'H=a\\\\  ',
      'I="cont\\',
      'inued"',
      'J=first\r',
      'J=last\r',
      'K="no end',
    ),
  ).toEqual({
    A: '& $HOME "x" \\',
    B: '$HOME "q" \\n \\ & \' z',
    C: 'ab c ',
    D: "xyz'w'",
    E: '',
    F: 'two\nlines',
    G: "a''b'",
    H: 'a\\',
    I: 'continued',
    J: 'last',
    K: 'no end',
  });
});

test('Lines that systemd ignores are reported by their number, without their text.', () => {
  const text = "A=1\nexport B=2\n\nnonsense\nC='x\ny'\n1D=3\n=4\n";
  expect(parseEnvironmentFile(text)).toEqual({ variables: { A: '1', C: 'x\ny' }, ignored: [2, 4, 7, 8] });
});

test('systemd, Node and a shell read the same value in single quotes.', () => {
  const value = 'postgresql://u:p#a$s`s`"\\@h:1/x?a=b&c=d; e';
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-env-'));
  const file = join(directory, 'redcloud.env');
  writeFileSync(file, `DATABASE_URL='${value}'\n`);
  try {
    const printed = execFileSync('sh', ['-c', `set -a; . ${file}; printenv DATABASE_URL`], { encoding: 'utf8' });
    expect(printed).toBe(`${value}\n`);
  } finally {
    rmSync(directory, { recursive: true });
  }
  expect(parseEnv(`DATABASE_URL='${value}'`)).toEqual({ DATABASE_URL: value });
  expect(variablesOf(`DATABASE_URL='${value}'`)).toEqual({ DATABASE_URL: value });
});

test('All lines of .env.example are assignments if they are no comments.', () => {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  const uncommented = example.replaceAll(/^# ([A-Z_]+=)/gm, '$1');
  const { variables, ignored } = parseEnvironmentFile(uncommented);
  expect([ignored, variables]).toEqual([[], parseEnv(uncommented)]);
  expect(Object.keys(variables).length).toBeGreaterThan(20);
});
