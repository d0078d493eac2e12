import type { SecretSources } from '../platform/carriers-file.ts';
import { CarrierSettingsError, problem } from './problems.ts';
import {
  CARRIER_TYPES,
  type Carriers,
  carrierTypeOf,
  FAILOVER_AFTER_SECONDS,
  POOL_FAILOVER_AFTER_SECONDS,
} from './registry.ts';
import { readRoutes } from './route-settings.ts';

/**
 * Reads the settings of all carriers.
 * @param text content of the file.
 * @param secrets reads secrets that are `{"env": "NAME"}` or `{"file": "PATH"}`.
 * @throws CarrierSettingsError with the path of the first wrong field, but never with its value.
 */
export function readCarriers(text: string, secrets: SecretSources): Carriers {
  return readFile(text, secrets, (read) => read());
}

/** @returns texts of all problems, instead of an error for the first one. */
export function carrierProblems(text: string, secrets: SecretSources): string[] {
  const problems: string[] = [];
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CarrierSettingsError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  collect(() => readFile(text, secrets, collect as Step));
  return problems;
}

/** Reads one part of the file. A step that collects problems returns undefined for an invalid part. */
type Step = <T>(read: () => T) => T;

function readFile(text: string, secrets: SecretSources, step: Step): Carriers {
  const {
    carriers,
    default: chosen,
    routes,
    failoverAfterSeconds,
    poolFailoverAfterSeconds,
    ...unknown
  } = object(parse(text), '');
  for (const strange of Object.keys(unknown)) {
    step(() => {
      throw problem(strange, 'is not a known setting');
    });
  }
  if (!Array.isArray(carriers) || carriers.length === 0) {
    throw problem('carriers', 'must be a list with at least one entry');
  }
  const read = carriers.map((one, i) => step(() => readCarrier(one, `carriers[${i}]`, secrets)));
  // Other parts of the file may name an invalid carrier.
  const names = carriers.map((one) => one?.name);
  step(() => checkNames(names, chosen));
  return {
    carriers: read,
    default: (chosen as string | undefined) ?? (names[0] as string),
    routes: step(() => readRoutes(routes, names)),
    failoverAfterSeconds: step(() => readSeconds('failoverAfterSeconds', failoverAfterSeconds, FAILOVER_AFTER_SECONDS)),
    poolFailoverAfterSeconds: step(() =>
      readSeconds('poolFailoverAfterSeconds', poolFailoverAfterSeconds, POOL_FAILOVER_AFTER_SECONDS),
    ),
  };
}

function checkNames(names: readonly string[], chosen: unknown): void {
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) throw problem(`carriers[${twice}].name`, 'must be unique');
  if (chosen !== undefined && !names.includes(chosen as string)) throw problem('default', 'must name a carrier');
  if (chosen === undefined && names.length > 1) throw problem('default', 'is required when there are several carriers');
}

function readSeconds(field: string, value: unknown, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value === 'number' && value >= 1 && value <= LONGEST_FAILOVER_SECONDS) return value;
  throw problem(field, `must be a number from 1 to ${LONGEST_FAILOVER_SECONDS}`);
}

const LONGEST_FAILOVER_SECONDS = 3_600;

function readCarrier(value: unknown, path: string, secrets: SecretSources): Carriers['carriers'][number] {
  const { disabled = false, ...settings } = object(value, path);
  const { type } = settings;
  if (typeof disabled !== 'boolean') throw problem(`${path}.disabled`, 'must be true or false');
  const found = carrierTypeOf(type);
  if (!found) throw problem(`${path}.type`, `must be one of ${Object.keys(CARRIER_TYPES).join(', ')}`);
  const read = found.read(settings, path, secrets);
  return disabled ? { ...read, disabled } : read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only the position is reported. The message of `JSON.parse` quotes the text, which may contain a password.
    const [where = ''] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
    throw new CarrierSettingsError(`is not JSON${where && ` (${where})`}`);
  }
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw problem(path || 'the file', 'must be an object');
}
