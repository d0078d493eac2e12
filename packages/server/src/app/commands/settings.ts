import type { Carriers } from '#carriers/registry.ts';
import { carrierProblems, readCarriers } from '#carriers/settings.ts';
import { type Config, inspectConfig, unknownSettings } from '#platform/config.ts';
import { unmetRequirements } from '../carrier-requirements.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Settings of the environment and the file of RC_CARRIERS. */
export interface Examined {
  /** Undefined if a setting is invalid. */
  config: Config | undefined;
  /** Valid settings only. */
  settings: Partial<Config>;
  /** Undefined without RC_CARRIERS, or if its file is invalid. */
  carriers: Carriers | undefined;
  /** One line for each problem, which begins with the name of the setting. */
  problems: string[];
  warnings: string[];
}

/** Reads all settings, and collects all problems. */
export function examineSettings(env: Env = process.env): Examined {
  const { settings, problems } = inspectConfig(env);
  const { carriers, problems: inFile } = examineCarriers(settings);
  const unmet = requirementsOf(settings, carriers).filter((text) => !problems.some((one) => isSameSetting(one, text)));
  const all = [...problems, ...inFile, ...unmet];
  return {
    ...{ settings, carriers, problems: all },
    config: all.length === 0 ? (settings as Config) : undefined,
    warnings: unknownSettings(env).map((name) => `${name} is not a setting. Check the spelling of the name.`),
  };
}

function examineCarriers({ carriers: source }: Partial<Config>): Pick<Examined, 'carriers' | 'problems'> {
  if (!source) return { carriers: undefined, problems: [] };
  const { file, text, secrets } = source;
  const problems = carrierProblems(text, secrets).map((message) => `RC_CARRIERS: ${file}: ${message}.`);
  return { problems, carriers: problems.length === 0 ? readCarriers(text, secrets) : undefined };
}

/** Settings of the server that the carriers require. */
function requirementsOf({ publicUrl, databaseUrl, media }: Partial<Config>, carriers: Carriers | undefined): string[] {
  if (!media) return [];
  return (carriers?.carriers ?? []).flatMap((carrier) => unmetRequirements(carrier, { publicUrl, databaseUrl, media }));
}

function isSameSetting(one: string, other: string): boolean {
  return one.split(':', 1)[0] === other.split(':', 1)[0];
}
