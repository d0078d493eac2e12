import type { Api, CallOptions } from '../transport/api.ts';
import { has } from '../transport/response-shape.ts';
import type { QuietHoursUpdate, QuietHours as Settings } from '../types.ts';

const PATH = '/api/core/quiet-hours';

/**
 * Hours and weekdays in which this API client sends, in the time zone of each recipient. All methods throw ApiError |
 * ConnectionError | TimeoutError | AbortError.
 */
export class QuietHours {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Returns the settings, or the default if none were set. Needs the capability `messages:read`. */
  async get(options?: CallOptions): Promise<Settings> {
    const call = { method: 'GET', path: PATH, hasExpectedShape: has({ start: 'text', days: 'list' }) } as const;
    return (await this.#api.call(call, options)).json as Settings;
  }

  /**
   * Replaces the settings. Absent fields get their default: 08:00 to 21:00 on all weekdays. Waiting messages follow the
   * new hours. Needs the capability `messages:send`.
   *
   * @returns the new settings
   */
  async set(settings: QuietHoursUpdate, options?: CallOptions): Promise<Settings> {
    const hasExpectedShape = has({ start: 'text', days: 'list' });
    const call = { method: 'PUT', path: PATH, body: settings, hasExpectedShape } as const;
    return (await this.#api.call(call, options)).json as Settings;
  }
}
