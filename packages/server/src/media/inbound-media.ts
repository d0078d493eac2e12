import { rm } from 'node:fs/promises';
import { type Downloader, DownloadFailed } from './fetch/download.ts';
import type { Library } from './library.ts';
import { detectType } from './types.ts';
import { MAX_FILE_BYTES } from './upload.ts';

/** Statuses that vendors return for a file for a short time: before the file is there, and while credentials change. */
const NOT_YET: ReadonlySet<number> = new Set([401, 403, 404]);

export interface InboundMediaParts {
  library: Library;
  downloader: Downloader;
  /** Origin that gets `headers`. */
  origin: string;
  /** Credentials of the vendor. */
  headers(): Promise<Record<string, string>>;
}

/** File of an inbound message at the vendor. */
export interface FileAtVendor {
  /** Key under which the file is stored. */
  storageKey: string;
  url: string;
  /** Type that the vendor states. */
  mimeType: string;
}

/** File of an inbound message in the library. */
export interface CopiedFile {
  storageKey: string;
  mimeType: string;
  byteLength: number;
}

/** Copies the files of inbound messages from a vendor, which keeps them for a short time only. */
export class InboundMedia {
  readonly #parts: InboundMediaParts;

  constructor(parts: InboundMediaParts) {
    this.#parts = parts;
  }

  /**
   * Copies a file, unless an earlier attempt has stored it. The content is stored byte for byte.
   * @param client owner of the number.
   * @throws DownloadFailed, StorageUnavailable
   */
  async copy(client: string, file: FileAtVendor, signal: AbortSignal): Promise<CopiedFile> {
    const { library } = this.#parts;
    const { storageKey } = file;
    const stored = await library.find(client, storageKey);
    if (stored) return { storageKey, mimeType: stored.mimeType, byteLength: stored.byteLength };
    const copied = await this.#download(file.url, signal);
    try {
      const mimeType = (await detectType(copied.path)) ?? file.mimeType;
      await library.put(client, storageKey, 'INBOUND', { file: copied, mimeType, fileName: null });
      return { storageKey, mimeType, byteLength: copied.byteLength };
    } finally {
      await rm(copied.path, { force: true });
    }
  }

  async #download(address: string, signal: AbortSignal) {
    const { library, downloader, origin } = this.#parts;
    const url = URL.parse(address);
    if (!url) throw new DownloadFailed('the carrier gave an invalid URL', false);
    const headers = url.origin === origin ? await this.#parts.headers() : {};
    const options = { directory: library.temporary, limit: MAX_FILE_BYTES, temporary: NOT_YET };
    return downloader.get(url, { ...options, headers, signal });
  }
}
