import { ApiError, InvalidCallError } from '../errors.ts';
import { remoteItem } from '../media/remote.ts';
import { isItem, isWebUrl, type MediaFile, type OpenFile, openSource } from '../media/source.ts';
import { EXTENSIONS } from '../media/types.ts';
import type { Api, CallOptions } from '../transport/api.ts';
import { timeBudget } from '../transport/budget.ts';
import { limited } from '../transport/limit.ts';
import { segment } from '../transport/path.ts';
import { has, isNothing, type RawResponse } from '../transport/response-shape.ts';
import type { DownloadedMedia, MediaInput, MediaItem, StoredMedia } from '../types.ts';

/** Options of `Media.upload`. */
export interface UploadOptions extends CallOptions {
  /** Name for the recipient, at most 255 characters. Default: the name of the file. */
  fileName?: string;
  /** Media type, such as `image/jpeg`. Default: that of the `Blob`, or the type that the server detects. */
  contentType?: string;
}

const PATH = '/api/core/media';
/** A compressed response would have another length. */
const UNENCODED = { accept: '*/*', 'accept-encoding': 'identity' };
/** Largest number of files of a message. */
const MAX_ITEMS = 10;

/**
 * Files of this API client. Uploads and `delete` need the capability `media:write`, `head` and `download` need
 * `media:read`. All methods throw ApiError | ConnectionError | TimeoutError | AbortError.
 */
export class Media {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Uploads a file of at most 25 MiB. The same content gets the same `storageKey`, so that an upload may be repeated.
   * A stream is read into memory first, because a retry sends it again.
   *
   * @returns an item for `media` of any number of sends
   * @throws InvalidCallError when the file is missing, unreadable, empty or too large. Nothing was sent.
   * @throws ApiError with status 415 when no carrier supports the type, or 413 when the client has no space left
   */
  async upload(file: MediaFile, options: UploadOptions = {}): Promise<MediaItem> {
    const left = timeBudget(this.#api, options);
    const opened = await this.#limited(left(), (signal) => openSource(file, 'file', signal));
    const { fileName = opened.fileName, contentType = opened.contentType } = options;
    return this.#upload({ ...opened, fileName, contentType }, left);
  }

  /**
   * Uploads files, and describes http(s) URLs, for several sends with the same media. `send` does the same for its own
   * media. Items are returned unchanged. All files are checked before the first upload.
   *
   * The type and the length of a URL are requested from its server. Do not pass URLs of users of your application, who
   * could name servers in your network.
   *
   * @returns an item for each of `media`, in the same order
   * @throws the errors of `upload`
   * @throws InvalidCallError when there are more than 10, or a URL has no file
   */
  async prepare(media: readonly MediaInput[], options: CallOptions = {}): Promise<MediaItem[]> {
    if (media.length > MAX_ITEMS)
      throw new InvalidCallError(`media has ${media.length} files. A message has at most ${MAX_ITEMS}.`);
    const left = timeBudget(this.#api, options);
    const opened: (MediaItem | OpenFile)[] = [];
    for (const [i, input] of [...media].entries()) opened.push(await this.#open(input, `media[${i}]`, left()));
    const items: MediaItem[] = [];
    // One file at a time is in memory.
    for (const one of opened) items.push('read' in one ? await this.#upload(one, left) : one);
    return items;
  }

  /** Returns the properties of a stored file as an item for `media`. A missing file is an ApiError with status 404. */
  async head(storageKey: string, options?: CallOptions): Promise<StoredMedia> {
    const path = `${PATH}/${segment('storageKey', storageKey)}`;
    const call = { method: 'HEAD', path, headers: UNENCODED, hasExpectedShape: isFile, isDownload: true } as const;
    return propertiesOf(storageKey, (await this.#api.call(call, options)).headers);
  }

  /** Downloads an upload, or a file that a number of this API client received. */
  async download(storageKey: string, options?: CallOptions): Promise<DownloadedMedia> {
    const path = `${PATH}/${segment('storageKey', storageKey)}`;
    const hasExpectedShape = (json: unknown, status: number, raw: RawResponse) =>
      isFile(json, status, raw) && Number(raw.headers.get('content-length')) === raw.bytes.byteLength;
    const call = { method: 'GET', path, headers: UNENCODED, hasExpectedShape, isDownload: true } as const;
    const { headers, bytes } = await this.#api.call(call, options);
    const properties = propertiesOf(storageKey, headers);
    return { ...properties, content: new Blob([bytes], { type: properties.mimeType }) };
  }

  /** Deletes a file. Messages that were accepted are still sent with the file. */
  async delete(storageKey: string, options?: CallOptions): Promise<void> {
    const path = `${PATH}/${segment('storageKey', storageKey)}`;
    await this.#api.call({ method: 'DELETE', path, hasExpectedShape: isNothing }, options);
  }

  #open(input: MediaInput, name: string, options: CallOptions): MediaItem | Promise<MediaItem | OpenFile> {
    if (isItem(input)) return { ...input };
    if (isWebUrl(input)) return remoteItem(this.#api, input, name, options);
    return this.#limited(options, (signal) => openSource(input, name, signal));
  }

  async #upload({ label, fileName, contentType, read }: OpenFile, left: () => CallOptions): Promise<MediaItem> {
    const file = await this.#limited(left(), read);
    const call = {
      method: 'POST',
      path: PATH,
      query: { fileName },
      headers: { 'content-type': contentType },
      file,
      hasExpectedShape: has({ storageKey: 'text', mimeType: 'text' }),
    } as const;
    try {
      const { storageKey, mimeType, byteLength } = (await this.#api.call(call, left())).json as MediaItem;
      // The server may return the name of an earlier upload. Items must not depend on other requests.
      return { storageKey, mimeType, byteLength, ...(fileName === undefined ? {} : { fileName }) };
    } catch (error) {
      throw error instanceof ApiError ? refusal(error, label) : error;
    }
  }

  /** Limits work on this machine, such as the reading of a stream. */
  #limited<T>({ signal, timeoutMs = this.#api.timeoutMs }: CallOptions, work: (signal: AbortSignal) => Promise<T>) {
    return limited(this.#api, { until: this.#api.now() + timeoutMs, signal }, work);
  }
}

/** Names the file of an error, and the fix for a type that is not supported. */
function refusal(error: ApiError, label: string): ApiError {
  const fix = error.status === 415 ? `. Convert the file to one of ${EXTENSIONS}` : '';
  return new ApiError({ ...error, requestId: error.requestId, message: `${label}: ${error.message}${fix}` });
}

/** The content hash distinguishes a file from the page of a proxy. */
function isFile(_json: unknown, status: number, { headers }: RawResponse): boolean {
  return status === 200 && /^"[0-9a-f]{64}"$/.test(headers.get('etag') ?? '');
}

function propertiesOf(storageKey: string, headers: Headers): StoredMedia {
  const mimeType = (headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
  const byteLength = Number(headers.get('content-length'));
  return { storageKey, mimeType, byteLength, fileName: nameIn(headers.get('content-disposition') ?? '', storageKey) };
}

/** Reads the name from Content-Disposition as the server writes it (RFC 6266). */
function nameIn(disposition: string, otherwise: string): string {
  const [, encoded] = /filename\*=UTF-8''(\S+)/.exec(disposition) ?? [];
  const [, plain] = /filename="([^"]*)"/.exec(disposition) ?? [];
  return encoded === undefined ? (plain ?? otherwise) : decodeURIComponent(encoded);
}
