import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

/** Unparsed file of RC_CARRIERS, and the secrets that it names. */
export interface CarriersFile {
  file: string;
  text: string;
  secrets: SecretSources;
}

/** Reads secrets that RC_CARRIERS names. */
export interface SecretSources {
  /** @returns value of an environment variable. */
  env(name: string): string | undefined;
  /** @returns content of a file without the last line break. Undefined if it cannot be read. */
  file(path: string): string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError if the file can't be read or has another encoding. */
export function readCarriersFile(file: string | undefined, env: Env): CarriersFile | undefined {
  if (!file) return undefined;
  return { file, text: readCarriersText(file), secrets: secretSources(env) };
}

function secretSources(env: Env): SecretSources {
  return { env: (name) => env[name], file: readSecretFile };
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/** UTF-16 byte order marks. A UTF-32 mark contains the first one, or zero octets. */
const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * Reads the file of RC_CARRIERS without a byte order mark. Editors on Windows write such a mark in UTF-8 files, and
 * JSON does not allow it (RFC 8259 §8.1).
 * @throws ConfigError if the file can't be read or has another encoding.
 */
function readCarriersText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new ConfigError(`RC_CARRIERS: ${file} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  // UTF-8 text has no zero octet. ASCII in UTF-16 without a mark has one in each character.
  const isUtf16 = bytes.includes(0) || UTF_16.some((mark) => bytes.subarray(0, mark.length).equals(mark));
  if (isUtf16 || !isUtf8(bytes)) {
    const encoding = isUtf16 ? 'is UTF-16 or UTF-32' : 'has bytes that are not UTF-8';
    throw new ConfigError(`RC_CARRIERS: ${file} ${encoding}. Save it as UTF-8.`);
  }
  return bytes.toString('utf8').replace(/^\ufeff+/, '');
}
