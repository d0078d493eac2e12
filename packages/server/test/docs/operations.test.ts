// @module-tag slow
// Every command of the pages for operators is executed: here, or by the test or program that the table names.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, type RedCloudProcess, startProcess } from '../support/process.ts';
import { SCRATCH } from '../support/scratch.ts';

const ROOT = new URL('../../../../', import.meta.url);
const PAGES = ['docs/operations.md', 'docs/high-availability.md'];
/** Programs with which commands begin. */
const PROGRAMS =
  /^(redcloud-server|redcloud|npm|npx|systemctl|systemd-analyze|patronictl|apt|apt-get|pg_dump|createdb|psql|select|curl)( |$)/;

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** Commands in blocks and within sentences, without line breaks. Names of programs without arguments are no commands. */
function commandsOf(page: string): string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/```(?:sh)?\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline]
    .map((code) => code.replaceAll(/\s+/g, ' ').trim())
    .filter((code) => PROGRAMS.test(code) && /[ -]/.test(code) && !/^(npx )?redcloud-server$/.test(code));
}

/** Test or program that executes a command, with a text of it. */
interface Elsewhere {
  file: string;
  text: string;
}

/** Commands that run elsewhere. */
const ELSEWHERE: Readonly<Record<string, Elsewhere>> = {
  'npm run sbom -- DIRECTORY': { file: 'packages/server/test/package/tarball.test.ts', text: "'sbom', '--'" },
  'npm run deb -- DIRECTORY': { file: 'packages/server/test/package/debian.test.ts', text: "'deb'" },
  'npm ci': { file: '.ci/run', text: 'npm ci' },
  'npm run check:carrier -- NAME': { file: 'packages/server/test/commands/commands.test.ts', text: 'check-carrier' },
  'redcloud-server check-carrier': { file: 'packages/server/test/carriers', text: 'check' },
  'redcloud-server check-carrier [NAME]': { file: 'packages/server/test/carriers', text: 'check' },
  'redcloud-server check-carrier twilio': { file: 'packages/server/test/carriers', text: 'check' },
  'redcloud-server hold': { file: 'packages/server/test/commands/backup.test.ts', text: "['hold']" },
  'npm run drill:failover': { file: 'packages/server/test/crash/scenarios/failover.ts', text: 'database failover: ' },
  'npm run drill:patroni': { file: 'packages/server/test/crash/scenarios/failover.ts', text: 'failover by Patroni' },
  'apt install ./redcloud_….deb': { file: 'packages/server/test/package/debian.test.ts', text: '--install' },
  'apt purge redcloud': { file: 'packages/server/test/package/debian.test.ts', text: '--purge' },
  'apt-get install patroni postgresql etcd-server': {
    file: 'scripts/drills/patroni-packages.sh',
    text: 'apt-get install patroni postgresql etcd-server',
  },
  'apt-get install haproxy': { file: 'scripts/drills/patroni-packages.sh', text: 'apt-get install haproxy' },
  'patronictl -c /etc/patroni/config.yml list': { file: 'packages/server/test/crash/patroni.ts', text: "'list'" },
  'patronictl switchover': { file: 'packages/server/test/crash/patroni.ts', text: "'switchover'" },
  'systemd-analyze security': { file: 'packages/server/test/docs/deploy.test.ts', text: 'systemd-analyze' },
  'npm run drill:systemd': { file: 'package.json', text: 'scripts/drills/systemd.sh' },
  'npm run drill:image': { file: 'package.json', text: 'scripts/drills/image.sh' },
  'systemctl reload redcloud@outbound': { file: 'scripts/drills/systemd.sh', text: 'systemctl reload redcloud@all' },
  'systemctl start redcloud@all': { file: 'scripts/drills/systemd.sh', text: 'systemctl start redcloud@all' },
  'systemctl enable --now patroni': {
    file: 'scripts/drills/patroni-packages.sh',
    text: 'systemctl enable --now patroni',
  },
  'npm run drill:patroni-packages': { file: 'package.json', text: 'scripts/drills/patroni-packages.sh' },
};

const run = promisify(execFile);
let directory: string;
let server: RedCloudProcess | undefined;
const place = () => ({ databaseUrl: undefined, dataDir: join(directory, 'data') }) as Parameters<typeof environment>[0];

beforeAll(async () => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-operations-'));
  server = await startProcess(place());
});
afterAll(async () => {
  await server?.kill();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a command as it is, in a checkout, with other paths. */
async function shell(command: string, more: Record<string, string> = {}): Promise<string> {
  const here = command
    .replace(/^redcloud-server/, 'npx redcloud-server')
    .replace(/^redcloud /, 'npx redcloud ')
    .replaceAll('/var/backups/redcloud', directory);
  const env = { ...environment(place()), HOME: directory, RC_ADMIN_TOKEN: 'test-operator-token', ...more };
  const { stdout } = await run('bash', ['-c', here], { cwd: ROOT, env });
  return stdout;
}

describe('Commands of the pages for operators', () => {
  const commands = [...new Set(PAGES.flatMap(commandsOf))];
  const executedHere = [
    'redcloud-server backup /var/backups/redcloud/$(date +%F)',
    'redcloud-server restore /var/backups/redcloud/2026-11-30',
    'redcloud-server release',
    'redcloud admin carriers',
    'redcloud admin clients create --account acc_… --name Reports --capability messages:read --capability events:read',
  ];
  /** Part of the sentence about open transactions. */
  const query = (command: string) => command.startsWith('select pid, xact_start');

  test('Each command is executed, by this test or by the one that the table names.', () => {
    const known = new Set([...executedHere, ...Object.keys(ELSEWHERE)]);
    expect(commands.filter((command) => !known.has(command) && !query(command))).toEqual([]);
    expect([...known].filter((command) => !commands.includes(command))).toEqual([]);
    for (const [command, where] of Object.entries(ELSEWHERE)) {
      const path = new URL(where.file, ROOT);
      expect([command, existsSync(path)]).toEqual([command, true]);
      if (/\.(ts|sh|json)$|run$/.test(where.file)) expect(read(where.file), command).toContain(where.text);
    }
  });

  test('The commands of operators work with a running server.', async () => {
    const { url } = server as RedCloudProcess;
    const online = { REDCLOUD_URL: url };
    expect(await shell('redcloud admin carriers', online)).toContain('simulator');
    const account = JSON.parse(await shell('redcloud admin accounts create --name Reports', online));
    const [, , , create = ''] = executedHere.slice(1);
    const created = await shell(create.replace('acc_…', account.id), online);
    expect(created).toContain('messages:read');
    expect(created).toContain('events:read');
  });

  test('The commands for a backup and its restore work in their order.', async () => {
    await server?.terminate();
    server = undefined;
    const [backup = '', restore = '', release = ''] = executedHere;
    expect(await shell(backup)).toContain('is complete');
    const day = new Date().toISOString().slice(0, 10);
    const empty = { RC_DATA_DIR: join(directory, 'restored') };
    expect(await shell(restore.replace('2026-11-30', day), empty)).toContain('Sending is on hold');
    expect(await shell(release, empty)).toBe('Messages are submitted again.\n');
  });

  test('The query for open transactions is valid.', async () => {
    const [sql = ''] = commands.filter(query);
    const db = await (await import('../support/store.ts')).testStore();
    const opened = await db.open();
    expect(await opened.query(sql)).toBeInstanceOf(Array);
    await opened.close();
    await db.drop();
  });
});
