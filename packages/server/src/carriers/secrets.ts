import Type, { type Static } from 'typebox';
import type { SecretSources } from '../platform/carriers-file.ts';
import { problem } from './problems.ts';

const closed = { additionalProperties: false } as const;

/** Secret in plain text, or the environment variable or the file that contains it. */
export const Secret = Type.Union([
  Type.String({ minLength: 1, maxLength: 4_096 }),
  Type.Object({ env: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }) }, closed),
  Type.Object({ file: Type.String({ minLength: 1, maxLength: 4_096 }) }, closed),
]);

/** Settings with the secrets instead of their places. */
export type Resolved<Settings, Names extends keyof Settings> = Omit<Settings, Names> & {
  [Name in Names]: undefined extends Settings[Name] ? string | undefined : string;
};

/**
 * Reads a secret that must not be empty. With an empty one, anyone could sign callbacks.
 * @param path path of the field, for errors. @throws CarrierSettingsError, without the value.
 */
export function requiredSecretOf(value: Static<typeof Secret>, path: string, secrets: SecretSources): string {
  const secret = secretOf(value, path, secrets);
  if (secret !== '' || typeof value === 'string') return secret;
  throw problem(path, `is read from ${'env' in value ? value.env : value.file}, which is empty`);
}

/** @param path path of the field, for errors. @throws CarrierSettingsError, without the value. */
export function secretOf(value: Static<typeof Secret>, path: string, secrets: SecretSources): string {
  if (typeof value === 'string') return value;
  const secret = 'env' in value ? secrets.env(value.env) : secrets.file(value.file);
  if (secret !== undefined) return secret;
  if ('env' in value) throw problem(path, `is read from ${value.env}, which is not set`);
  throw problem(path, `is read from ${value.file}, which cannot be read`);
}
