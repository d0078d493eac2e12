import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
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

/** Names of settings that are not known. The AWS ones belong to S3. */
const unknownAmong = (names: readonly string[]) =>
  names.filter((name) => !settings.has(name) && !name.startsWith('AWS_') && name !== 'NODE_ENV');
const ROLES = ['api', 'outbound', 'webhooks'];

interface Service {
  build?: string;
  read_only?: boolean;
  environment?: Record<string, string>;
  deploy?: { replicas: number };
}

test('The compose file builds the image, and starts each role with existing settings on a read-only file system.', () => {
  const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> };
  const ours = Object.values(services).filter(({ build }) => build);
  expect(ours.map(({ environment }) => environment?.['RC_ROLES']).toSorted()).toEqual(ROLES);
  for (const { build = '', environment = {}, ...service } of ours) {
    expect(existsSync(new URL(`../../../../deploy/${build}/Dockerfile`, import.meta.url))).toBe(true);
    expect(unknownAmong(Object.keys(environment))).toEqual([]);
    expect(service.read_only).toBe(true);
  }
});

test('The Dockerfile copies existing files, has existing settings, and starts the server without root.', () => {
  const image = read('Dockerfile');
  const copied = [...image.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
  expect(copied.length).toBeGreaterThan(5);
  for (const file of copied) expect(existsSync(new URL(`../../../../${file}`, import.meta.url)), file).toBe(true);
  const members = readdirSync(new URL('../../../../packages', import.meta.url));
  expect(members.filter((name) => !copied.includes(`packages/${name}/package.json`))).toEqual([]);
  const names = [...image.matchAll(/^ENV (.+)$/gm)].flatMap(([, given = '']) => given.split(' '));
  expect(unknownAmong(names.map((one) => one.split('=')[0] ?? ''))).toEqual([]);
  expect(image).toMatch(/^USER node$/m);
  expect(image).toMatch(/^HEALTHCHECK /m);
  const entry = /^ENTRYPOINT .*"(packages\/[^"]+)"\]$/m.exec(image)?.[1] ?? '';
  expect(existsSync(new URL(`../../../../${entry}`, import.meta.url))).toBe(true);
});

test('The Dockerfile copies the libraries from all folders in which the lock file places them.', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean }> };
  const places = Object.entries(packages).flatMap(([path, { dev }]) => {
    const place = /^(?:packages\/server\/)?node_modules(?=\/)/.exec(path)?.[0];
    return place && !dev ? [place] : [];
  });
  expect(new Set(places).size).toBeGreaterThan(0);
  for (const place of new Set(places)) {
    expect(read('Dockerfile')).toContain(`COPY --from=libraries /checkout/${place} ${place}\n`);
  }
});

/** The parts of a Kubernetes object that are read here. */
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: { replicas?: number; selector?: { matchLabels: object }; template?: { metadata: object; spec: Pod } };
}
interface Probe {
  httpGet: { path: string; port: string };
}
interface Pod {
  terminationGracePeriodSeconds: number;
  securityContext: object;
  containers: {
    image: string;
    env: { name: string; value: string }[];
    ports: { name: string; containerPort: number }[];
    livenessProbe: Probe;
    readinessProbe: Probe;
    securityContext: object;
  }[];
}

test('The Kubernetes manifests start two processes of each role, with probes and existing settings.', async () => {
  const all = parseAllDocuments(read('deploy/kubernetes/redcloud.yaml')).map((one) => one.toJS() as Manifest);
  const config = all.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
  expect(unknownAmong(Object.keys(config))).toEqual([]);
  const pods = all.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec);
  expect(pods.map((one) => one?.replicas)).toEqual([2, 2, 2]);
  const containers = pods.flatMap((one) => one?.template?.spec.containers ?? []);
  expect(containers.map(({ env }) => env.find(({ name }) => name === 'RC_ROLES')?.value).toSorted()).toEqual(ROLES);
  const { version } = JSON.parse(read('packages/server/package.json')) as { version: string };
  for (const { image, env, ports, livenessProbe, readinessProbe, securityContext } of containers) {
    expect(image).toBe(`redcloud:${version}`);
    expect(unknownAmong(env.map(({ name }) => name))).toEqual([]);
    expect(ports.map(({ name, containerPort }) => [name, containerPort])).toEqual([
      ['http', 3000],
      ['internal', Number(config['RC_INTERNAL_PORT'])],
    ]);
    for (const { httpGet } of [livenessProbe, readinessProbe]) {
      expect(httpGet.port).toBe('internal');
      expect((await redcloud.call(httpGet.path, { token: null })).status).toBe(200);
    }
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  }
  for (const one of pods) {
    expect(one?.template?.metadata).toMatchObject({ labels: one?.selector?.matchLabels });
    expect(one?.template?.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(one?.template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds());
  }
});

const stopSeconds = () => Number(/RC_STOP_SECONDS=(\d+)/.exec(read('.env.example'))?.[1]);

test('The systemd unit starts an existing file and allows the time that a stop takes.', () => {
  const unit = read('deploy/redcloud@.service');
  const file = /^ExecStart=.* (\S+)$/m.exec(unit)?.[1] ?? '';
  expect(existsSync(new URL(`../../../../${file}`, import.meta.url))).toBe(true);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(stopSeconds());
  expect(unit).toContain('RestartPreventExitStatus=78');
});

test('The systemd unit leaves the start of the machine visible, which the journal of submits needs.', () => {
  expect(read('deploy/redcloud@.service')).not.toMatch(/^ProcSubset=/m);
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
