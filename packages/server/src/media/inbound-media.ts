import { rm } from 'node:fs/promises';
import type { CallbackMedia } from '#carriers/callbacks.ts';
import type { ReceivedFile } from '#carriers/carrier.ts';
import type { Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
import { type Downloader, DownloadFailed } from './fetch/download.ts';
import type { Library } from './library.ts';
import { detectType, typeOf } from './types.ts';
import { MAX_FILE_BYTES } from './upload.ts';

export interface InboundMediaParts {
  library: Library;
  ids: Ids;
  log: Log;
  downloader: Downloader;
  /** Origin that gets `headers`. */
  origin: string;
  /** Credentials of the vendor. */
  headers(): Promise<Record<string, string>>;
  /** Milliseconds for all files of a message. */
  copyMs: number;
}

/** Copies the files of inbound messages from a vendor, which keeps them for a short time only. */
export class InboundMedia {
  readonly #parts: InboundMediaParts;

  constructor(parts: InboundMediaParts) {
    this.#parts = parts;
  }

  /**
   * @param client owner of the number. Undefined: the number has no API client, and nothing is copied.
   * @returns the files in their order. A file that could not be copied has an error instead of a key.
   */
  async copy(client: string | undefined, files: readonly CallbackMedia[]): Promise<ReceivedFile[]> {
    const signal = AbortSignal.timeout(this.#parts.copyMs);
    return Promise.all(files.map((file) => this.#one(client, file, signal)));
  }

  async #one(client: string | undefined, file: CallbackMedia, signal: AbortSignal): Promise<ReceivedFile> {
    const { library, ids, log, downloader, origin } = this.#parts;
    const fallback = {
      mimeType: typeOf(file.mimeType ?? undefined) || 'application/octet-stream',
      byteLength: file.byteLength ?? 0,
    };
    if (client === undefined) return { ...fallback, error: 'The number has no API client' };
    try {
      const url = new URL(file.url);
      const headers = url.origin === origin ? await this.#parts.headers() : {};
      const copied = await downloader.get(url, {
        directory: library.temporary,
        limit: MAX_FILE_BYTES,
        headers,
        signal,
      });
      try {
        const mimeType = (await detectType(copied.path)) ?? fallback.mimeType;
        const storageKey = ids.next('med').replace('med_', 'storage_');
        await library.put(client, storageKey, 'INBOUND', { file: copied, mimeType, fileName: null });
        return { storageKey, mimeType, byteLength: copied.byteLength };
      } finally {
        await rm(copied.path, { force: true });
      }
    } catch (error) {
      const { message } = error as Error;
      log.warn({ event: 'media_not_fetched', apiClientId: client, error: message, retries: false });
      return { ...fallback, error: error instanceof DownloadFailed ? message : 'The file could not be copied' };
    }
  }
}
