import { invalidField } from '#platform/errors.ts';
import { nextPermitted, type QuietHours } from './window.ts';
import { canonicalZone } from './zone-names.ts';
import { possibleZones } from './zones.ts';

/** Longest time in milliseconds in which a permitted time is searched. Quiet hours repeat each week. */
const LONGEST_SEARCH_MS = 9 * 86_400_000;

/** First permitted time from `from` and before `before`, in milliseconds since the epoch, or undefined. */
type Permitted = (to: string, from: number, before: number) => number | undefined;

/** Request of a client, as far as quiet hours depend on it. */
export interface QuietSend {
  respectQuietHours?: boolean;
  recipientTimeZone?: string;
  priority?: 'HIGH' | 'NORMAL' | 'BULK';
}

/** Message that waits for its submit. */
export interface QuietMessage {
  apiClientId: string;
  to: string;
  /** Time zone in which quiet hours apply. Empty: the possible zones of the recipient. Null: no quiet hours. */
  quietZone: string | null;
  expiresAt: Date;
}

export interface QuietHoursPolicyParts {
  /** Current quiet hours of an API client. */
  settingsOf(apiClientId: string): Promise<QuietHours>;
  clock: { now(): number };
}

/** Decides when messages may be sent, at the accept and again before the submit. */
export class QuietHoursPolicy {
  readonly #parts: QuietHoursPolicyParts;

  constructor(parts: QuietHoursPolicyParts) {
    this.#parts = parts;
  }

  /**
   * Quiet hours of the messages of a send. `zone` is stored with the messages.
   * @throws ApiError INVALID_REQUEST for an unknown time zone.
   */
  async of(apiClientId: string, send: QuietSend): Promise<{ zone: string | null; permitted?: Permitted }> {
    const zone = readZone(send.recipientTimeZone);
    if (send.priority === 'HIGH' || send.respectQuietHours === false) return { zone: null };
    const settings = await this.#parts.settingsOf(apiClientId);
    if (!(send.respectQuietHours ?? settings.enabled)) return { zone: null };
    return { zone, permitted: permittedBy(settings, zone) };
  }

  /** Function for the permitted times of a message. Undefined: all times are permitted. */
  async permitted({ apiClientId, quietZone }: Pick<QuietMessage, 'apiClientId' | 'quietZone'>) {
    return quietZone === null ? undefined : permittedBy(await this.#parts.settingsOf(apiClientId), quietZone);
  }

  /**
   * Time from which a message may be submitted, in milliseconds since the epoch. Undefined: now. A message that may never be
   * submitted waits until it expires.
   */
  async until({ apiClientId, to, quietZone, expiresAt }: QuietMessage): Promise<number | undefined> {
    const permitted = await this.permitted({ apiClientId, quietZone });
    if (!permitted) return undefined;
    const now = this.#parts.clock.now();
    const at = permitted(to, now, now + LONGEST_SEARCH_MS);
    if (at === now) return undefined;
    return Math.min(at ?? Number.POSITIVE_INFINITY, expiresAt.getTime());
  }
}

function permittedBy(settings: QuietHours, zone: string): Permitted {
  return (to, from, before) => nextPermitted(settings, zone === '' ? possibleZones(to) : [zone], from, before);
}

/** @returns the name as the store has it. Empty: none was given. */
function readZone(name: string | undefined): string {
  if (name === undefined) return '';
  const zone = canonicalZone(name);
  if (zone !== undefined) return zone;
  throw invalidField('recipientTimeZone', 'must be an IANA time zone such as America/New_York');
}
