import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../platform/config-error.ts';
import { makeDirectory } from '../platform/data-directory.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Cryptographic uses of RC_SECRET_KEY. Each has its own key, derived by HKDF (RFC 5869). */
export interface Keys {
  /** Signs access tokens (HS256). */
  readonly tokens: Uint8Array;
  /** Key for another use, 32 bytes. @param use unique name of the use. */
  derive(use: string): Buffer;
  /** One-way and deterministic. Client secrets are random, so no salt is needed. */
  hash(secret: string): string;
  matches(secret: string, hash: string): boolean;
  /** Encrypts with AES-256-GCM. `open` needs the same `context`, so that a secret cannot be moved to another row. */
  seal(plain: string, context: string): string;
  /** @returns undefined when the text was encrypted under another key or for another context, or is damaged. */
  open(sealed: string, context: string): string | undefined;
}

export function createKeys(secretKey: Buffer): Keys {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secretKey, '', `redcloud ${use}`, KEY_BYTES));
  const hashKey = derive('client secrets');
  const sealKey = derive('webhook secrets');
  const hash = (secret: string) => createHmac('sha256', hashKey).update(secret).digest('base64url');

  return {
    tokens: derive('access tokens'),
    derive,
    hash,
    matches: (secret, expected) => timingSafeEqual(Buffer.from(hash(secret)), Buffer.from(expected)),
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Key of the embedded store. Created at the first start, and stored beside the data, readable by its owner only.
 * @throws ConfigError when the file is damaged.
 */
export function keptSecretKey(directory: string): Buffer {
  const file = join(directory, 'secret.key');
  makeDirectory(directory);
  if (!existsSync(file)) createKeyFile(file);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new ConfigError(`${file} is damaged: expected 32 bytes in base64. Restore the file, or all secrets are lost.`);
}

/** Writes the file completely or not at all, even if the disk is full. A damaged key needs manual repair. */
function createKeyFile(file: string): void {
  const draft = `${file}.new`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
