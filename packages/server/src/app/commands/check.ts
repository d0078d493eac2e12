import type { Carriers } from '#carriers/registry.ts';
import { type Config, summary } from '#platform/config.ts';
import { placeOf } from '#platform/database-url.ts';
import { printable } from './doctor/finding.ts';
import { examineSettings } from './settings.ts';
import { refuseOptions } from './usage-error.ts';

const EX_CONFIG = 78;

export const usage = `Usage: redcloud-server check

Reads and validates all settings and the file of RC_CARRIERS. Opens no port and no store. Prints a summary without
secrets. Exit status: 0 if the settings are valid, 78 with a list of all problems otherwise.
`;

export async function run(options: readonly string[]): Promise<number> {
  refuseOptions('check', options);
  const { config, carriers, problems, warnings } = examineSettings();
  for (const warning of warnings) process.stderr.write(`warning: ${printable(warning)}\n`);
  if (!config) {
    process.stderr.write(problems.map((problem) => `${printable(problem)}\n`).join(''));
    process.stderr.write(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in the settings.\n`);
    return EX_CONFIG;
  }
  process.stdout.write(`${tableOf(config, carriers)}\nThe settings are valid.\n`);
  return 0;
}

function tableOf(config: Config, carriers: Carriers | undefined): string {
  const names = carriers?.carriers.map(
    ({ name, type, disabled }) => `${name} (${type}${disabled ? ', disabled' : ''})`,
  );
  const rows = Object.entries({
    ...summary(config),
    database: config.databaseUrl && placeOf(config.databaseUrl),
    carriers: config.carriers ? `${config.carriers.file}: ${names?.join(', ')}` : 'simulator',
    routes: carriers?.routes.map(({ name }) => name),
  });
  return rows
    .flatMap(([name, value]) => (isEmpty(value) ? [] : `${name.padEnd(24)} ${printable(textOf(value))}\n`))
    .join('');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
