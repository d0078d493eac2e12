import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import { has } from '../transport/response-shape.ts';
import type { NumberGroup, NumberSearch, NumberUpdate, PhoneNumber } from '../types.ts';

const PATH = '/api/core/numbers';

/**
 * Phone numbers of this API client, and the inventory of available numbers. All methods throw ApiError |
 * ConnectionError | TimeoutError | AbortError.
 */
export class Numbers {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Lists all numbers from which this API client can send, by phone number. Needs the capability `numbers:read`. */
  async list(options?: CallOptions): Promise<PhoneNumber[]> {
    const { json } = await this.#api.call(
      { method: 'GET', path: PATH, hasExpectedShape: has({ numbers: 'list' }) },
      options,
    );
    return (json as { numbers: PhoneNumber[] }).numbers;
  }

  /**
   * Searches the available inventory. Groups the numbers by area code, office code and place. Needs at least one
   * filter, and the capability `numbers:search`.
   */
  async search(filters: NumberSearch, options?: CallOptions): Promise<NumberGroup[]> {
    const call = {
      method: 'POST',
      path: `${PATH}/search`,
      body: filters,
      hasExpectedShape: has({ groups: 'list' }),
    } as const;
    const { json } = await this.#api.call(call, options);
    return (json as { groups: NumberGroup[] }).groups;
  }

  /**
   * Changes the given settings of a number. null clears a webhook override. Needs the capability `numbers:update`.
   *
   * @returns the number after the change
   */
  async update(numberId: string, change: NumberUpdate, options?: CallOptions): Promise<PhoneNumber> {
    const path = `${PATH}/${segment('numberId', numberId)}`;
    const call = { method: 'PATCH', path, body: change, hasExpectedShape: has({ numberId: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as PhoneNumber;
  }
}
