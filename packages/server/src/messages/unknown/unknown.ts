import type { Db } from '#db/db.ts';
import { span } from '#db/schema/days.ts';
import { run } from '#db/statement.ts';
import type { MessageType } from '../request/send-request.ts';
import { SIMILAR, UNKNOWN_SUBMITS } from './sql.ts';

/** Submit of a whole message whose outcome is unknown. */
export interface UnknownSubmit {
  messageId: string;
  apiClientId: string;
  carrier: string;
  attempt: number | null;
  from: string;
  to: string;
  messageType: MessageType;
  text: string | null;
  /** Time of the accept. The submit is not older. */
  createdAt: Date;
  /** Time at which the outcome was recorded. The submit is not younger. */
  recordedAt: Date;
}

/** Message between the same numbers. */
export interface SimilarSubmit {
  messageId: string;
  messageType: MessageType;
  text: string | null;
  /** Its ids at carriers. */
  carrierRefs: string[];
  /** Whether a submit of the message is possible, under way or unknown. */
  isOpen: boolean;
  /** Whether an earlier attempt is unknown and has no known id. */
  hasUnknownAttempts: boolean;
}

/** Maximum number of similar messages that are read. */
export const MOST_SIMILAR = 200;

/** Unknown submits among these messages. Long messages that were submitted in segments are left out. */
export function unknownSubmits(db: Db, ids: readonly string[]): Promise<UnknownSubmit[]> {
  return run(db, UNKNOWN_SUBMITS, ids, ...span(ids));
}

/** Messages with the numbers of `submit` and with ids from `firstId`, at most `MOST_SIMILAR`. */
export function similarSubmits(
  db: Db,
  { apiClientId, from, to }: UnknownSubmit,
  firstId: string,
): Promise<SimilarSubmit[]> {
  return run(db, SIMILAR, apiClientId, from, to, firstId, MOST_SIMILAR);
}
