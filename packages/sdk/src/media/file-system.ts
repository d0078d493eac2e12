import { InvalidCallError } from '../errors.ts';

/** The used part of `node:fs/promises`. This package compiles without the types of Node. */
interface FileSystem {
  open(path: string | URL, flags: string): Promise<{ close(): Promise<void> }>;
  readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>>;
  stat(path: string | URL): Promise<{ size: number; isFile(): boolean }>;
}

interface Builtins {
  getBuiltinModule?(name: string): FileSystem | undefined;
}

const MODULE = 'node:fs/promises';

/** Loads the module at the first use. An import would make bundles for other platforms require Node's modules. */
async function loaded(): Promise<FileSystem | undefined> {
  const { process } = globalThis as { process?: Builtins };
  // Node has the function since 20.16.
  const builtin = process?.getBuiltinModule?.(MODULE);
  if (builtin) return builtin;
  return import(/* webpackIgnore: true */ /* @vite-ignore */ MODULE).catch(() => undefined);
}

/** File of this machine that exists and is readable. */
export interface LocalFile {
  byteLength: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws InvalidCallError when there is no readable file. @param label name of the file for errors */
export async function openFile(path: string | URL, label: string): Promise<LocalFile> {
  const fs = await loaded();
  if (!fs) throw new InvalidCallError(`${label} is a path, and this platform has no files. Pass a Blob instead.`);
  const orFail = <T>(work: Promise<T>) => work.catch((error: unknown) => Promise.reject(failure(label, error)));
  const found = await orFail(fs.stat(path));
  if (!found.isFile()) throw new InvalidCallError(`${label} is not a file. Pass the path of a regular file.`);
  // Checks the permission. In Deno, `access` would need a permission of its own.
  await orFail(fs.open(path, 'r').then((file) => file.close()));
  return { byteLength: found.size, read: () => orFail(fs.readFile(path)) };
}

function failure(label: string, error: unknown): InvalidCallError {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'ENOENT') {
    const problem = `${label} does not exist. Check the path, which is relative to the current directory.`;
    return new InvalidCallError(problem, { cause: error });
  }
  return new InvalidCallError(`${label} cannot be read (${message}). Check its permissions.`, { cause: error });
}
