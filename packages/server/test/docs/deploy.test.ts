import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0;
const NO_SYSTEMD = HAS_SYSTEMD ? '' : ' (skipped: no systemd-analyze here)';
const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const settings = new Set([...read('.env.example').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name));

let redcloud: TestRedCloud;
let metrics: Set<string>;

beforeAll(async () => {
  redcloud = await startRedCloud();
  const { text } = await redcloud.call('/metrics');
  metrics = new Set([...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) => seriesOf(name, type)));
});
afterAll(async () => redcloud.stop());

function seriesOf(name: string, type: string | undefined): string[] {
  return type === 'histogram' ? [name, `${name}_count`, `${name}_sum`, `${name}_bucket`] : [name];
}

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
}

test('The compose file starts each role from an existing file with existing settings.', () => {
  const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  const ours = Object.entries(services).filter(([, { command }]) => command);
  expect(ours.map(([, { environment }]) => environment?.['RC_ROLES']).toSorted()).toEqual([
    'api',
    'outbound',
    'webhooks',
  ]);
  for (const [, { command = [], environment = {} }] of ours) {
    expect(existsSync(new URL(`../../../../${command.at(-1)}`, import.meta.url))).toBe(true);
    expect(Object.keys(environment).filter((name) => !settings.has(name))).toEqual([]);
  }
});

test('The systemd unit starts an existing file and allows the time that a stop takes.', () => {
  const unit = read('deploy/redcloud@.service');
  const file = /^ExecStart=.* (\S+)$/m.exec(unit)?.[1] ?? '';
  expect(existsSync(new URL(`../../../../${file}`, import.meta.url))).toBe(true);
  const stopSeconds = Number(/RC_STOP_SECONDS=(\d+)/.exec(read('.env.example'))?.[1]);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(stopSeconds);
  expect(unit).toContain('RestartPreventExitStatus=78');
});

test.skipIf(!HAS_SYSTEMD)(`The exposure of the systemd unit is rated at most 3 of 10.${NO_SYSTEMD}`, () => {
  const unit = fileURLToPath(new URL('../../../../deploy/redcloud@.service', import.meta.url));
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
    encoding: 'utf8',
  });
  const rating = Number(/exposure level for .*: (\d+\.\d)/.exec(stdout)?.[1]);
  expect(rating, stdout).toBeLessThanOrEqual(3);
});

test('Every metric of the alerts and the operations page exists, and every alert is in the runbook.', () => {
  const alerts = read('deploy/alerts.yaml');
  const operations = read('docs/operations.md');
  const named = [...`${alerts}\n${operations}`.matchAll(/redcloud_[a-z]+_[a-z_]+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((name) => !metrics.has(name))).toEqual([]);
  const rules = (parse(alerts) as { groups: { rules: { alert: string }[] }[] }).groups.flatMap(({ rules }) => rules);
  expect(
    rules.filter(({ alert }) => !operations.includes(`**${alert}.**`) && !operations.includes(`**${alert}**`)),
  ).toEqual([]);
});

test('Every setting in .env.example is read, and every setting in the operations page is one of them.', () => {
  const config = read('packages/server/src/platform/config.ts');
  expect([...settings].filter((name) => !config.includes(`'${name}'`))).toEqual([]);
  const named = [...read('docs/operations.md').matchAll(/`(RC_[A-Z_]+)`/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !settings.has(name))).toEqual([]);
});
