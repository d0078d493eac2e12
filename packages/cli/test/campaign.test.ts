import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, linkSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RedCloud } from '../../sdk/src/index.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { sized } from '../../server/test/support/thorough.ts';
import { BIN, Machine, watched } from './command.ts';

let redcloud: TestRedCloud;
let rc: RedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
  rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl: redcloud.url });
});
afterAll(() => redcloud.stop());
beforeEach(() => {
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterEach(() => machine.remove());

const file = (text: string | Uint8Array) => writeFileSync(machine.pathOf('people.csv'), text);
const args = (text: string, ...more: string[]) => {
  return ['--sandbox', 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', text, ...more];
};
const send = (text: string, ...more: string[]) => machine.run(args(text, ...more));

function results(): Record<string, unknown>[] {
  const path = machine.pathOf('people.csv.results.ndjson');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line));
}

/** Returns the messages of the server with this reference. */
const queued = (externalReference: string) => Array.fromAsync(rc.messages.list({ externalReference, limit: 200 }));

test('Each row is sent as a message with its columns in the text, and rejected rows are listed in the results.', async () => {
  file('\ufeffto,name,note\r\n+15550001001,Ann,"a, b"\r\ninvalid,Bob,\r\n\r\n"+15550001002","Zoë ""Z""\nLee",x\r\n');
  const { code, json } = await send('Hello {name} {{you}}', '--reference', 'rows');
  expect(code).toBe(3);
  expect(json()).toMatchObject({ rows: 3, accepted: 2, acceptedBefore: 0, rejected: 1, duplicates: 0 });
  expect(json().rejections).toEqual({ INVALID_RECIPIENT: 1 });
  const texts = (await queued('rows')).map(({ to, text }) => [to, text]).sort();
  expect(texts).toEqual([
    ['+15550001001', 'Hello Ann {you}'],
    ['+15550001002', 'Hello Zoë "Z"\nLee {you}'],
  ]);
  const rejected = results().filter(({ outcome }) => outcome === 'REJECTED');
  expect(rejected).toMatchObject([{ line: 3, to: 'invalid', error: { code: 'INVALID_RECIPIENT' } }]);
  expect(statSync(machine.pathOf('people.csv.results.ndjson')).mode & 0o777).toBe(0o600);
});

test.each([
  ['of the header', 'to\r\n+15550001001\n+15550001002\n'],
  ['of the rows', 'to\n+15550001001\r\n+15550001002\r\n'],
  ['and rows without anything in them', 'to,name\n,\n+15550001001,Ann\r\n,\r\n+15550001002,\r'],
])('Line endings %s may differ, and never become part of a text.', async (_which, text) => {
  file(text);
  expect((await send('Hi {to}', '--reference', 'ends', '--campaign', text)).json()).toMatchObject({
    rows: 2,
    accepted: 2,
  });
  expect(
    results()
      .map(({ to }) => to)
      .sort(),
  ).toEqual(['+15550001001', '+15550001002']);
  for (const message of await queued('ends')) expect(message.text).toBe(`Hi ${message.to}`);
});

test('A repeated run of a sorted file with another column sends nothing, and a run of another campaign sends again.', {
  tags: 'slow',
}, async () => {
  file('to,name\n+15550001001,Ann\n+15550001002,Bob\n+15550001001,Ann\n');
  const first = await send('Hi {name}', '--reference', 'again');
  expect(first.json()).toMatchObject({ accepted: 2, duplicates: 1 });
  expect((await send('Hi {name}', '--reference', 'again')).json()).toMatchObject({ acceptedBefore: 2 });
  file('note,name,to\nnew,Bob,+15550001002\nnew,Ann,+15550001001\n');
  await rm(machine.pathOf('people.csv.results.ndjson'));
  const second = await send('Hi {name}', '--reference', 'again');
  expect(second.json()).toMatchObject({ accepted: 2, acceptedBefore: 2 });
  expect(await queued('again')).toHaveLength(2);
  await send('Hi {name}', '--reference', 'again', '--campaign', 'reminder');
  expect(await queued('again')).toHaveLength(4);
});

test('A resumed run skips accepted rows for any spelling of the server URL, without asking the server.', {
  tags: 'slow',
}, async () => {
  file('to,name\n+15550001001,Ann\n+15550001002,Bob\n');
  await send('Hi {name}', '--reference', 'spelt');
  const path = machine.pathOf('people.csv.results.ndjson');
  const asTyped = `${redcloud.url}/`;
  for (const url of [asTyped, redcloud.url.replace('http', 'HTTP'), redcloud.url]) {
    const again = await send('Hi {name}', '--reference', 'spelt', '--url', url);
    expect(again.json()).toMatchObject({ accepted: 2, acceptedBefore: 2 });
    // A request to the server would append a result. The run must not depend on keys that the server may have deleted.
    expect(results()).toHaveLength(2);
    // URL as earlier versions stored it.
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${redcloud.url}"`, `"${asTyped}"`));
  }
});

test('A row that is rejected again with the same code is in the results once.', { tags: 'slow' }, async () => {
  file('to\n+15550001001\nwrong\n');
  for (const _ of [1, 2, 3]) expect((await send('Hi', '--reference', 'once')).json()).toMatchObject({ rejected: 1 });
  const outcomes = results().map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(['ACCEPTED', 'REJECTED']);
});

test('A pipe of rows is rejected, and a pipe or device for results never blocks.', {
  tags: 'slow',
}, async () => {
  execFileSync('mkfifo', [machine.pathOf('pipe')]);
  const rows = await machine.run(['--sandbox', 'send', '--from', 'num_abc123', '--file', 'pipe', '--text', 'Hi']);
  expect({ code: rows.code, stderr: rows.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('is not a file'),
  });

  file('to\n+15550001001\n');
  expect((await send('Hi', '--reference', 'nowhere', '--results', '/dev/null')).json()).toMatchObject({ accepted: 1 });
  const full = await send('Hi', '--reference', 'full', '--results', '/dev/full');
  expect({ code: full.code, stderr: full.stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/ENOSPC.*this machine/s),
  });
});

const ROWS = sized(1_000);
test('A run that was killed and repeated sends each row exactly once.', {
  tags: 'sized',
  timeout: 90_000,
}, async () => {
  const people = Array.from({ length: ROWS }, (_, i) => `+1555200${String(i).padStart(4, '0')},Person ${i}`);
  file(`to,name\n${people.join('\n')}\n`);
  const more = ['--reference', 'thousand', '--concurrency', '8'];
  const running = machine.start(args('Hi {name}', ...more));
  await expect.poll(() => results().length, { interval: 5 }).toBeGreaterThan(ROWS / 5);
  running.child.kill('SIGKILL');
  await running.ended;
  const before = results().length;
  expect(before).toBeLessThan(ROWS);
  // Simulates a kill during a write.
  appendFileSync(machine.pathOf('people.csv.results.ndjson'), '{"line":99,"to":"+1555');
  const second = await send('Hi {name}', ...more);
  expect(second.code).toBe(0);
  expect(second.json()).toMatchObject({ rows: ROWS, accepted: ROWS, rejected: 0, duplicates: 0 });
  expect(second.json().acceptedBefore).toBeGreaterThanOrEqual(before);
  // Without the results file, the keys alone prevent duplicates.
  await rm(machine.pathOf('people.csv.results.ndjson'));
  const third = await send('Hi {name}', ...more);
  expect(third.json()).toMatchObject({ accepted: ROWS, acceptedBefore: ROWS });
  const messages = await queued('thousand');
  expect(messages).toHaveLength(ROWS);
  expect(new Set(messages.map(({ to }) => to)).size).toBe(ROWS);
});

test('An interrupted run prints how to continue, and exits with 130.', { tags: 'slow' }, async () => {
  const people = Array.from({ length: 2000 }, (_, i) => `+1555400${String(i).padStart(4, '0')}`);
  file(`to\n${people.join('\n')}\n`);
  const running = machine.start(args('Hi', '--concurrency', '2'));
  await expect.poll(() => results().length, { interval: 5 }).toBeGreaterThan(10);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/\d+ of 2000 rows are accepted so far\. Run the same command again/);
});

test.runIf(existsSync('/usr/bin/script'))(
  'On a terminal, a progress bar is shown during the run, and a table at its end.',
  { tags: 'slow' },
  async () => {
    file(`to\n${Array.from({ length: 300 }, (_, i) => `+1555500${String(i).padStart(4, '0')}`).join('\n')}\n`);
    const command = `"${process.execPath}" "${BIN}" --sandbox send --from num_abc123 --file people.csv --text Hi --concurrency 4`;
    const { code, stdout } = await watched(
      spawn('script', ['-qec', command, '/dev/null'], { env: { ...machine.env, TERM: 'xterm' }, cwd: machine.home }),
    ).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/sending \[#+-*\] \d+\/300 {2}\d+\/s/);
    expect(stdout).toMatch(/^accepted +300\r?$/m);
  },
);

test('The table shows up to ten rejected recipients with reasons, and the rows accepted by an earlier run.', {
  tags: 'slow',
}, async () => {
  file(`to\n+15550001003\n${Array.from({ length: 12 }, (_, i) => `wrong${i}`).join('\n')}\n+15550001003\n`);
  const { code, stdout } = await send('Hi', '--no-json', '--concurrency', '1');
  expect(code).toBe(3);
  expect(stdout).toMatch(/^rows +14\naccepted +1\nrejected +12\nduplicates +1, sent once\n/);
  expect(stdout).toContain('First 10 rejected rows');
  expect(stdout).toMatch(/^3 +wrong0 +INVALID_RECIPIENT +\S/m);
  expect(stdout.match(/INVALID_RECIPIENT/g)).toHaveLength(10);
  expect((await send('Hi', '--no-json')).stdout).toMatch(/^accepted +1, of which 1 by an earlier run$/m);
});

test.each([
  ['a column that is not there', 'to,name\n+15550001001,Ann\n', 'Hi {nme}', 'no column nme. Columns: to, name'],
  ['no column `to`', 'phone\n+15550001001\n', 'Hi', 'no column to'],
  ['a column twice', 'to,to\n+1,+2\n', 'Hi', 'more than one column to'],
  ['a row that is too short', 'to,name\n+15550001001,Ann\n+15550001002\n', 'Hi', 'line 3'],
  ['a brace that belongs to nothing', 'to\n+15550001001\n', 'Hi }', 'Unmatched }'],
  ['bytes that are not UTF-8', Buffer.from('to,name\n+15550001001,Zo\xeb\n', 'latin1'), 'Hi {name}', 'not UTF-8'],
  ['no rows', 'to\n', 'Hi', 'has no rows'],
])('A file with %s exits with 2, and no row is sent.', async (_name, content, text, said) => {
  file(content);
  const { code, stderr } = await send(text);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(results()).toEqual([]);
});

test.each<[string, () => void]>([
  ['the file itself', () => undefined],
  ['a link to the file', () => symlinkSync(machine.pathOf('people.csv'), machine.pathOf('out'))],
  ['another name of the file', () => linkSync(machine.pathOf('people.csv'), machine.pathOf('out'))],
  ['another CSV', () => writeFileSync(machine.pathOf('out'), 'to\n+15550001099')],
  ['NDJSON of something else', () => writeFileSync(machine.pathOf('out'), '\n{"line":1}\n')],
  ['bytes', () => writeFileSync(machine.pathOf('out'), Buffer.alloc(100_000, 7))],
])('Results that would overwrite %s exit with 2, without a send or a change of the file.', async (what, put) => {
  file('to\n+15550001008\n');
  put();
  const path = machine.pathOf(what === 'the file itself' ? 'people.csv' : 'out');
  const before = readFileSync(path);
  const { code, stderr } = await send('Hi', '--results', path, '--reference', 'foreign');
  expect(code).toBe(2);
  expect(stderr).toContain('Set another --results');
  expect(readFileSync(path)).toEqual(before);
  expect(await queued('foreign')).toEqual([]);
});

test.each([
  ['is empty', ''],
  ['begins with a line that a kill cut off', '{"line":2,"to":"+155'],
  ['begins with such a line, and went on after it', '{"li\n{"line":2,"to":"x","outcome":"REJECTED","key":"k"}\n'],
])('Results are appended to a file that %s.', async (_name, content) => {
  file('to\n+15550001009\n');
  writeFileSync(machine.pathOf('out'), content);
  expect((await send('Hi', '--results', 'out')).code).toBe(0);
  const last = readFileSync(machine.pathOf('out'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ outcome: 'ACCEPTED', to: '+15550001009' });
});

test('A number that may not send ends the campaign at once with status 4.', { tags: 'slow' }, async () => {
  file(`to\n${Array.from({ length: 50 }, (_, i) => `+155500020${i + 10}`).join('\n')}\n`);
  const other = ['--sandbox', 'send', '--from', 'num_other', '--file', 'people.csv', '--text', 'x'];
  expect((await machine.run(other)).code).toBe(4);
  expect(results()).toEqual([]);
  const inactive = ['--sandbox', 'send', '--from', 'num_inactive', '--file', 'people.csv', '--text', 'x'];
  expect((await machine.run(inactive)).code).toBe(4);
});

test('A text that is too long for one row rejects that row only.', async () => {
  file(`to,name\n+15550003001,${'x'.repeat(1600)}\n+15550003002,Bob\n`);
  const { code, json } = await send('Hi {name}');
  expect(code).toBe(3);
  expect(json()).toMatchObject({ accepted: 1, rejected: 1 });
});
