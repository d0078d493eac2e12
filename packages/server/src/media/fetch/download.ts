import type { ClientRequest, IncomingMessage } from 'node:http';
import { directEgress, type Egress } from '#egress/egress.ts';
import { createNames } from '#egress/names.ts';
import { proxiedEgress } from '#egress/proxy.ts';
import { HostRefused, type Resolve, Targets } from '#egress/targets.ts';
import { receiveFile, type TemporaryFile, TooLarge } from '../incoming.ts';

/** Milliseconds for a download, with its redirects. */
const TIMEOUT_MS = 60_000;
/** Milliseconds without a byte. */
const SILENCE_MS = 15_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
/** Errors of a client that may pass: 408, 425 and 429 (RFC 9110, RFC 8470, RFC 6585). */
const PASSING: ReadonlySet<number | undefined> = new Set([408, 425, 429]);

const ANYWHERE = new Targets({ networks: [], loopback: true, anywhere: true, proxied: false });

/** A download that failed. */
export class DownloadFailed extends Error {
  override readonly name = 'DownloadFailed';
  /** Whether a later attempt may succeed. */
  readonly isTemporary: boolean;
  /** More detail than the message, for the operator's log only. */
  readonly reason: string | undefined;

  constructor(message: string, isTemporary: boolean, reason?: string) {
    super(message);
    this.isTemporary = isTemporary;
    this.reason = reason;
  }
}

export interface DownloadOptions {
  /** Directory of the temporary file. */
  directory: string;
  /** Longest content, in bytes. */
  limit: number;
  /** Headers for the origin of the URL, for example credentials. Not sent to another origin after a redirect. */
  headers?: Record<string, string>;
  /** Further statuses that count as temporary. */
  temporary?: ReadonlySet<number>;
  signal: AbortSignal;
}

export interface DownloaderParts {
  targets: Targets;
  /** URL of an egress proxy. */
  proxy?: string | undefined;
  /** Resolver of names. Default: egress/names.ts. */
  resolve?: Resolve;
  /** Origin that the operator has configured, to which the rules do not apply. */
  trustedOrigin?: string | undefined;
}

/** Downloads files from URLs that clients have chosen, under the rules for targets. */
export class Downloader {
  readonly #targets: Targets;
  readonly #egress: Egress;
  readonly #trusted: { origin: string; egress: Egress } | undefined;

  constructor({ targets, proxy, resolve, trustedOrigin: origin }: DownloaderParts) {
    this.#targets = targets;
    const names = resolve ?? createNames();
    this.#egress = proxy ? proxiedEgress(proxy) : directEgress(targets, names);
    this.#trusted = origin ? { origin, egress: directEgress(ANYWHERE, names) } : undefined;
  }

  /** @throws DownloadFailed */
  async get(url: URL, options: DownloadOptions): Promise<TemporaryFile> {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      return await this.#follow(url, { ...options, signal });
    } catch (error) {
      throw failureOf(error as Error, options, signal);
    }
  }

  close(): void {
    this.#egress.close();
    this.#trusted?.egress.close();
  }

  async #follow(first: URL, options: DownloadOptions): Promise<TemporaryFile> {
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const headers = url.origin === first.origin ? (options.headers ?? {}) : {};
      const response = await this.#request(url, headers, options.signal);
      const next = REDIRECTS.has(response.statusCode) ? response.headers.location : undefined;
      if (next === undefined) return receive(response, options);
      response.destroy();
      const target = URL.parse(next, url.href);
      if (!target || !/^https?:$/.test(target.protocol))
        throw new DownloadFailed(`invalid redirect to ${next.slice(0, 200)}`, false);
      url = target;
    }
    throw new DownloadFailed(`more than ${MAX_REDIRECTS} redirects`, false);
  }

  async #request(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
    // A signal that was aborted earlier raises no event.
    signal.throwIfAborted();
    if (!/^https?:$/.test(url.protocol)) throw new DownloadFailed(`unsupported protocol ${url.protocol}`, false);
    const isTrusted = url.origin === this.#trusted?.origin;
    const refusal = isTrusted ? undefined : this.#targets.refusal(url);
    if (refusal) throw new DownloadFailed(refusal, false);
    const head = { method: 'GET', headers: { accept: '*/*', 'user-agent': 'RedCloud', ...headers } } as const;
    const egress = isTrusted && this.#trusted ? this.#trusted.egress : this.#egress;
    const request = egress.open(url, head, true);
    const stop = () => request.destroy(new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    request.once('close', () => signal.removeEventListener('abort', stop));
    request.setTimeout(SILENCE_MS, () =>
      request.destroy(new DownloadFailed(`no data within ${SILENCE_MS / 1000} s`, true)),
    );
    request.end();
    return responseTo(request);
  }
}

/** Resolves with the response, which reports its own errors. Rejects if the connection ends without one. */
function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    // Node reports no error after a response with status 101 (Switching Protocols).
    request.once('close', () => reject(new DownloadFailed('no response', true)));
  });
}

async function receive(
  response: IncomingMessage,
  { directory, limit, temporary }: DownloadOptions,
): Promise<TemporaryFile> {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    response.destroy();
    const isTemporary = statusCode >= 500 || PASSING.has(statusCode) || temporary?.has(statusCode) === true;
    throw new DownloadFailed(`HTTP ${statusCode}`, isTemporary);
  }
  const length = Number(response.headers['content-length'] ?? 0);
  if (length > limit) {
    response.destroy();
    throw new TooLarge();
  }
  return receiveFile(response, directory, limit);
}

/** Client errors name the cause. A disk that is full is a temporary failure of this server. */
function failureOf(error: Error, { limit }: DownloadOptions, signal: AbortSignal): DownloadFailed {
  if (error instanceof DownloadFailed) return error;
  if (error instanceof TooLarge) return new DownloadFailed(`the content is longer than ${limit} bytes`, false);
  if (signal.aborted) return new DownloadFailed('not complete in time', true);
  if (error instanceof HostRefused) return new DownloadFailed(error.message, true, error.reason);
  return new DownloadFailed((error as NodeJS.ErrnoException).code ?? error.message, true);
}
