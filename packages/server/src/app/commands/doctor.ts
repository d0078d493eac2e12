import { examineCarriers } from './doctor/carriers.ts';
import { examineDataDirectory } from './doctor/data-directory.ts';
import { examineDatabase } from './doctor/database.ts';
import { type Finding, fail, lineOf } from './doctor/finding.ts';
import { examineMedia } from './doctor/media.ts';
import { examineFiles, examineNode, examinePorts } from './doctor/process.ts';
import { type Examined, examineSettings } from './settings.ts';
import { refuseOptions } from './usage-error.ts';

export const usage = `Usage: redcloud-server doctor

Examines the machine and the settings, and prints one line per finding with its remedy: ok, warn or fail. Changes
nothing, and submits nothing to carriers. Exit status: 0 without a fail, 1 otherwise.
`;

type Examination = (examined: Examined) => Promise<Finding[]>;

const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  node: async () => examineNode(),
  settings: async (examined) => examinedSettings(examined),
  'data directory': examineDataDirectory,
  database: examineDatabase,
  media: examineMedia,
  carriers: examineCarriers,
  port: examinePorts,
  'open files': async () => examineFiles(),
};

export async function run(options: readonly string[]): Promise<number> {
  refuseOptions('doctor', options);
  const examined = examineSettings();
  let hasFailed = false;
  for (const [subject, examine] of Object.entries(EXAMINATIONS)) {
    for (const finding of await findingsOf(subject, examine, examined)) {
      hasFailed ||= finding.state === 'fail';
      process.stdout.write(lineOf(finding));
    }
  }
  return hasFailed ? 1 : 0;
}

/** An unexpected error of one examination must not hide the findings of the others. */
async function findingsOf(subject: string, examine: Examination, examined: Examined): Promise<Finding[]> {
  try {
    return await examine(examined);
  } catch (error) {
    return [fail(subject, `Unexpected error: ${(error as Error).message}.`, 'Fix the cause, or report the error.')];
  }
}

function examinedSettings({ problems, warnings }: Examined): Finding[] {
  const findings: Finding[] = [
    ...problems.map((problem) => fail('settings', problem, 'Correct the setting.')),
    ...warnings.map((warning): Finding => ({ state: 'warn', subject: 'settings', text: warning })),
  ];
  return findings.length > 0 ? findings : [{ state: 'ok', subject: 'settings', text: 'All settings are valid.' }];
}
