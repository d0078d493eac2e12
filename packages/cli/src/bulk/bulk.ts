import { createHash } from 'node:crypto';
import type { Guarantee } from '../campaign/message.ts';
import type { Globals } from '../profiles/connection.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { MediaItem } from '../sdk.ts';

/** Content of a bulk send, and the place of its results. A repeated command with equal content continues the bulk send. */
export interface BulkContent {
  /** Canonical URL of the server. */
  server: string;
  apiClientId: string;
  campaign: string;
  from: string;
  text?: string;
  media?: MediaItem[];
  reference?: string;
  guarantee?: Guarantee;
  /** Absolute path of the results file. */
  results: string;
}

/** `running` also after a kill, until the bulk send is resumed or canceled. */
export type BulkState = 'running' | 'paused' | 'done' | 'canceled';

/** Description of a bulk send in the state directory. */
export interface Bulk {
  id: string;
  createdAt: string;
  state: BulkState;
  /** Why a bulk send is paused: `requested`, `interrupted` or the code of an error. */
  reason?: string;
  content: BulkContent;
  /** Absolute path of the recipients. */
  file: string;
  delimiter: string;
  concurrency: number;
  ratePerMinute?: number;
  schedule: Schedule;
  /** The periods of --at and --expires as given. A repeated command with the same periods means the same times. */
  given: { at?: string; expires?: string };
  /** Options that selected the connection. Without secrets. */
  connection: Globals;
  rows: number;
  /** Later rows with the same message to the same recipient. */
  duplicates: number;
  /** Time of the placeholders of a cancel, by which a repeated cancel finds them. */
  placeholderAt?: string;
}

/** Derives the id from the content, so that a repeated command finds its bulk send. */
export function bulkIdOf(content: BulkContent): string {
  const { server, apiClientId, campaign, from, text, media, reference, guarantee, results } = content;
  const what = JSON.stringify([1, server, apiClientId, campaign, from, text, media, reference, guarantee, results]);
  return `bulk_${createHash('sha256').update(what).digest('hex').slice(0, 12)}`;
}
