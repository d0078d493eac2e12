import { openAsBlob } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import { type Slice, type Storage, StorageUnavailable } from './storage.ts';

/** Milliseconds until the headers of a response, after the transfer of a file of 25 MiB for an upload. */
const TIMEOUT_MS = 60_000;

export interface S3Settings {
  bucket: string;
  /** Begin of the keys, without slashes at both ends. May be empty. */
  prefix: string;
  region: string;
  /** URL of a compatible service. Absent: Amazon S3. */
  endpoint: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
  /** Directory for temporary files. */
  temporary: string;
}

/** Storage in a bucket of Amazon S3 or a compatible service. */
export class S3Storage implements Storage {
  readonly description: string;
  readonly temporary: string;
  readonly #client: AwsClient;
  readonly #base: string;

  constructor({ bucket, prefix, region, endpoint, temporary, ...credentials }: S3Settings) {
    const folder = prefix === '' ? '' : `${prefix}/`;
    this.description = `s3://${bucket}/${folder}`;
    this.temporary = temporary;
    // Compatible services often have no certificate for names of buckets, so the bucket is in the path.
    const host = endpoint
      ? `${endpoint.replace(/\/+$/, '')}/${bucket}`
      : `https://${bucket}.s3.${region}.amazonaws.com`;
    this.#base = `${host}/${folder}`;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const session = sessionToken ? { sessionToken } : {};
    // Every operation may be repeated, since a file never changes.
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, ...session, region, service: 's3', retries: 3 });
  }

  async open(): Promise<void> {
    await mkdir(this.temporary, { recursive: true, mode: 0o700 });
  }

  async size(hash: string): Promise<number | undefined> {
    const response = await this.#request('HEAD', hash);
    if (response.status === 404) return undefined;
    return Number(this.#checked(response).headers.get('content-length'));
  }

  async put(hash: string, path: string): Promise<void> {
    const body = await openAsBlob(path);
    // The service rejects other content.
    const headers = { 'x-amz-content-sha256': hash };
    const response = await this.#request('PUT', hash, { body, headers });
    await response.body?.cancel();
    this.#checked(response);
    await rm(path, { force: true });
  }

  async read(hash: string, slice?: Slice): Promise<Readable | undefined> {
    const headers = slice ? { range: `bytes=${slice.start}-${slice.end}` } : {};
    const response = await this.#request('GET', hash, { headers });
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    const { body } = this.#checked(response);
    return body ? Readable.fromWeb(body as ReadableStream) : Readable.from([]);
  }

  async delete(hash: string): Promise<void> {
    const response = await this.#request('DELETE', hash);
    await response.body?.cancel();
    if (response.status !== 404) this.#checked(response);
  }

  async #request(method: string, key: string, init: { body?: Blob; headers?: Record<string, string> } = {}) {
    // Not for the content of a response, whose reader may be slow.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
    try {
      return await this.#client.fetch(this.#base + key, { method, ...init, signal: late.signal });
    } catch (error) {
      const { message, cause } = error as Error;
      throw new StorageUnavailable(`${this.description}: ${(cause as Error | undefined)?.message ?? message}`);
    } finally {
      clearTimeout(timer);
    }
  }

  #checked(response: Response): Response {
    if (response.ok) return response;
    // An unread body would keep the connection.
    void response.body?.cancel().catch(() => undefined);
    throw new StorageUnavailable(`HTTP ${response.status} for ${this.description}`);
  }
}
