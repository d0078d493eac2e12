/**
 * `npm run sbom -- DIRECTORY`: writes a software bill of materials (CycloneDX JSON) and a list of licences of the packages that an
 * installation of the server has. Fails if a package names no licence. The packages are resolved as an installation
 * resolves them, and not downloaded.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { licencesOf, type Sbom } from './licences.ts';
import { npm } from './npm.ts';
import { pack } from './pack.ts';

const target = resolve(process.argv[2] ?? '.cache/sbom');
const project = mkdtempSync(join(tmpdir(), 'redcloud-sbom-'));
try {
  const [tarball = ''] = pack(['server'], project);
  writeFileSync(join(project, 'package.json'), '{"name":"redcloud-installation","version":"0.0.0","private":true}');
  npm(['install', '--package-lock-only', '--no-audit', '--no-fund', tarball], project);
  const sbom = npm(['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], project);
  const licences = licencesOf(JSON.parse(sbom) as Sbom);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'redcloud-server.cdx.json'), sbom);
  writeFileSync(join(target, 'redcloud-server.licences.txt'), `${licences.map(({ line }) => line).join('\n')}\n`);
  process.stdout.write(`${licences.length} packages in ${target}\n`);
  const unknown = licences.filter(({ licence }) => licence === '');
  for (const { line } of unknown) process.stderr.write(`${line} names no licence\n`);
  process.exitCode = unknown.length === 0 ? 0 : 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}
