import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { intervalMs } from '../bulk/pace.ts';
import { type Exit, UsageError } from '../exit.ts';
import { urlOf } from '../profiles/connection.ts';
import { scheduleKey, scheduleOf } from '../schedule/schedule.ts';
import { ApiError, type MediaInput, type MediaItem, type PreviewParams, type RedCloud, typeOfName } from '../sdk.ts';
import type { Session } from '../session.ts';
import type { CampaignOptions } from './campaign.ts';
import { Estimate } from './estimate.ts';
import { keyOf } from './keys.ts';
import { PATIENCE } from './patience.ts';
import type { Price } from './price.ts';
import { readResults, wasAccepted } from './results.ts';
import { count, rowsOf } from './rows.ts';
import { isOfTheRow } from './send-row.ts';

/** Largest number of recipients of a request. */
const BATCH = 1_000;
/** Largest number of rows in memory. */
const MOST_WAITING = 10_000;

type DryRunOptions = CampaignOptions & { price?: Price };

/** Row of a preview, or recipient of a command without a file. */
export interface PreviewedRow {
  line?: number;
  to: string;
}

/** Previews a send to each row of a file. Rows with the same text share a request. Stores and sends nothing. */
export async function dryRunOfFile(session: Session, options: DryRunOptions): Promise<Exit> {
  const { client, globals, terminal, signal, out } = session;
  const rows = rowsOf(options);
  const size = await count(rows, options.file, signal);
  const { apiClientId } = await client().whoami({ signal });
  const rc = client(PATIENCE);
  const media = options.media && (await describedMedia(rc, options.media, signal));
  const results = resolve(options.results ?? `${options.file}.results.ndjson`);
  const known = await readResults(results, urlOf(globals, terminal.env));
  const schedule = scheduleOf(options, terminal.now());
  const estimate = new Estimate({ ...size, intervalMs: intervalMs(options.rate), now: terminal.now() });
  const previews = new Previews(rc, signal, estimate, options.concurrency);
  const seen = new Set<string>();
  for await (const recipient of rows.read()) {
    const params = rows.paramsOf(recipient, media);
    const key = keyOf(apiClientId, options.campaign, params);
    if (seen.has(key)) continue;
    seen.add(key);
    const before = known.get(key);
    const to = params.to[0] ?? '';
    if (before && wasAccepted(before)) {
      const isChanged = scheduleKey(before.schedule ?? {}) !== scheduleKey(schedule);
      estimate.skip(isChanged);
    } else await previews.add({ ...params, ...schedule } as PreviewParams, { line: recipient.line, to });
  }
  await previews.end();
  return estimate.show(out, options.price);
}

/** Previews the send of a command without a file. */
export async function dryRunOf(
  { client, signal, out, terminal }: Session,
  params: Omit<PreviewParams, 'media'> & { media?: readonly MediaInput[] },
  price: Price | undefined,
): Promise<Exit> {
  const rc = client();
  const { media, ...rest } = params;
  const items = media && (await describedMedia(rc, media, signal));
  const estimate = new Estimate({ rows: params.to.length, duplicates: 0, intervalMs: 0, now: terminal.now() });
  const preview = await rc.messages.preview({ ...rest, ...(items === undefined ? {} : { media: items }) }, { signal });
  estimate.add(preview, () => ({}));
  return estimate.show(out, price);
}

/** Collects rows with the same message in requests, and sends some of these requests at once. */
class Previews {
  readonly #rc: RedCloud;
  readonly #signal: AbortSignal;
  readonly #estimate: Estimate;
  readonly #concurrency: number;
  readonly #waiting = new Map<string, { params: PreviewParams; rows: PreviewedRow[] }>();
  readonly #running = new Set<Promise<void>>();
  #rows = 0;
  #failure: unknown;

  constructor(rc: RedCloud, signal: AbortSignal, estimate: Estimate, concurrency: number) {
    this.#rc = rc;
    this.#signal = signal;
    this.#estimate = estimate;
    this.#concurrency = concurrency;
  }

  async add(params: PreviewParams, row: PreviewedRow): Promise<void> {
    const name = JSON.stringify({ ...params, to: [] });
    const batch = this.#waiting.get(name) ?? { params, rows: [] };
    batch.rows.push(row);
    this.#waiting.set(name, batch);
    this.#rows += 1;
    if (batch.rows.length === BATCH) await this.#request(name, batch);
    if (this.#rows >= MOST_WAITING) await this.end();
  }

  async end(): Promise<void> {
    for (const [name, batch] of [...this.#waiting]) await this.#request(name, batch);
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure;
  }

  async #request(name: string, batch: { params: PreviewParams; rows: PreviewedRow[] }): Promise<void> {
    this.#waiting.delete(name);
    this.#rows -= batch.rows.length;
    if (this.#running.size >= this.#concurrency) await Promise.race(this.#running);
    if (this.#failure) throw this.#failure;
    const running = this.#preview(batch.params, batch.rows)
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #preview(params: PreviewParams, rows: readonly PreviewedRow[]): Promise<void> {
    const lines = new Map(rows.map(({ to, line }) => [to, line]));
    const to = [...lines.keys()];
    try {
      const preview = await this.#rc.messages.preview({ ...params, to }, { signal: this.#signal });
      this.#estimate.add(preview, (recipient) => {
        const line = lines.get(recipient);
        return line === undefined ? {} : { line };
      });
    } catch (error) {
      if (!(error instanceof ApiError && isOfTheRow(error))) throw error;
      for (const row of rows) this.#estimate.reject({ ...row, code: error.code, message: error.message });
    }
  }
}

/** Describes files for a preview, which uploads nothing. The type follows from the name of the file. */
async function describedMedia(rc: RedCloud, media: readonly MediaInput[], signal: AbortSignal): Promise<MediaItem[]> {
  const described = media.map((one, i) => (typeof one === 'string' ? describedFile(one, i) : one));
  return rc.media.prepare(described, { signal });
}

/** An item with the size and the type of a file. The server fetches its URL for a send only. */
function describedFile(path: string, i: number): MediaItem {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UsageError(`${path} is not a file`);
  const fileName = basename(path);
  const mimeType = typeOfName(fileName) ?? 'application/octet-stream';
  const sourceUrl = `https://example.com/dry-run/${i}`;
  return { storageKey: `dry-run-${i}-${found.size}`, mimeType, byteLength: found.size, sourceUrl, fileName };
}
