import { InvalidCallError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../transport/api.ts';
import type { MediaInput, MediaItem } from '../types.ts';
import { openFile } from './file-system.ts';
import { type ByteStream, isStream, readStream } from './stream.ts';
import { DETECTED, declaredType } from './types.ts';

/**
 * A file: a path (Node, Deno and Bun), a `Blob` or `File`, bytes, or a stream of bytes. A stream can be read once. The
 * file is at most 25 MiB.
 *
 * A path must not come from a user of your application, who could name any file of the machine.
 */
export type MediaFile = string | URL | Blob | Uint8Array | ByteStream;

/** File that was checked, and whose upload can be repeated. */
export interface OpenFile {
  /** Name of the file for errors, such as `media[0] "photo.jpg"`. */
  label: string;
  /** Content-Type of the upload. */
  contentType: string;
  fileName: string | undefined;
  /** @throws InvalidCallError when the file has changed since, or cannot be read */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Longest name of a file that the server accepts, in characters. */
const MAX_NAME = 255;

/** Whether a value is an item that a send request contains unchanged. */
export const isItem = (value: unknown): value is MediaItem =>
  typeof value === 'object' && value !== null && 'storageKey' in value;

/** Whether a list contains anything else than items. The server rejects a value that is no list. */
export function hasFiles(media: readonly MediaInput[] | undefined): media is readonly MediaInput[] {
  return Array.isArray(media) && media.some((one) => !isItem(one));
}

export const isWebUrl = (value: unknown): value is URL => value instanceof URL && /^https?:$/.test(value.protocol);

/**
 * Checks a file before anything is uploaded. Reads streams into memory, and other files only at their upload.
 *
 * @param name name of the argument for errors, such as `media[0]`
 * @param signal ends the reading of a stream
 * @throws InvalidCallError when the file is missing, unreadable, empty or larger than 25 MiB
 */
export async function openSource(source: unknown, name: string, signal: AbortSignal): Promise<OpenFile> {
  if (typeof source === 'string' || source instanceof URL) return openPath(source, name);
  if (typeof source === 'object' && source !== null) {
    if (isBlob(source)) return openBlob(source, name);
    if (ArrayBuffer.isView(source)) return inMemory(copyOf(source), name);
    if (isStream(source))
      return inMemory(await readStream(source, { label: name, limit: MAX_FILE_BYTES, signal }), name);
  }
  throw new InvalidCallError(`${name} must be a path, URL, Blob, Uint8Array or stream, not ${kindOf(source)}`);
}

async function openPath(path: string | URL, name: string): Promise<OpenFile> {
  const label = `${name} ${JSON.stringify(String(path))}`;
  if (path instanceof URL) mustBeFile(path, name);
  else if (/^https?:/i.test(path))
    throw new InvalidCallError(`${name} is a URL in a string, which must be a path. Pass a URL object instead.`);
  const file = await openFile(path, label);
  checkLength(file.byteLength, label);
  const fileName = lastOf(path instanceof URL ? decoded(path.pathname) : path);
  return {
    label,
    contentType: declaredType(fileName ?? ''),
    fileName,
    read: async () => checkedBytes(await file.read(), label),
  };
}

function mustBeFile({ protocol }: URL, name: string): void {
  if (protocol === 'file:') return;
  const fix = 'Pass http and https URLs in media of a send or to prepare, and other files as a Blob.';
  throw new InvalidCallError(`${name} is a URL with the scheme ${protocol} and cannot be read. ${fix}`);
}

function openBlob(blob: Blob, name: string): OpenFile {
  const fileName = 'name' in blob && typeof blob.name === 'string' ? lastOf(blob.name) : undefined;
  const label = fileName === undefined ? name : `${name} ${JSON.stringify(fileName)}`;
  checkLength(blob.size, label);
  const unreadable = (cause: unknown) => {
    const { message } = cause as Error;
    throw new InvalidCallError(`${label} cannot be read (${message}). Pass a new Blob.`, { cause });
  };
  return {
    label,
    contentType: blob.type || declaredType(fileName ?? ''),
    fileName,
    read: async () => checkedBytes(new Uint8Array(await blob.arrayBuffer().catch(unreadable)), label),
  };
}

function inMemory(bytes: Uint8Array<ArrayBuffer>, label: string): OpenFile {
  checkLength(bytes.byteLength, label);
  return { label, contentType: DETECTED, fileName: undefined, read: async () => bytes };
}

/** Copy of bytes of any realm. Later changes by the caller have no effect. */
function copyOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
}

function checkedBytes(bytes: Uint8Array<ArrayBuffer>, label: string): Uint8Array<ArrayBuffer> {
  checkLength(bytes.byteLength, label);
  return bytes;
}

/** @param byteLength length, or the bytes read so far of a stream that is longer. @throws InvalidCallError */
export function checkLength(byteLength: number, label: string): void {
  if (byteLength === 0)
    throw new InvalidCallError(`${label} is empty. Pass a file with content that was not read yet.`);
  if (byteLength <= MAX_FILE_BYTES) return;
  const problem = `${label} has at least ${byteLength} bytes`;
  throw new InvalidCallError(`${problem}. The limit is ${MAX_FILE_BYTES} bytes (25 MiB). Pass a smaller file.`);
}

/** Name of a file without its directories, as the server accepts it. */
export function lastOf(path: string): string | undefined {
  const name = path.split(/[\\/]/).at(-1)?.toWellFormed().replaceAll('\0', '').slice(0, MAX_NAME);
  return name || undefined;
}

export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Recognizes also the Blobs of libraries and of other realms. */
function isBlob(value: object): value is Blob {
  const { size, arrayBuffer } = value as Partial<Blob>;
  return typeof size === 'number' && typeof arrayBuffer === 'function';
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return value.constructor?.name ?? 'an object';
}
