import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import type { NumberGroup, NumberSearch, NumberUpdate, PhoneNumber } from '../types.ts';

/** Each needs its capability (`numbers:read`, `numbers:search`, `numbers:update`), and throws as `Api.call` does. */
export class Numbers {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** What this client can send from. */
  async list(options?: CallOptions): Promise<PhoneNumber[]> {
    const { json } = await this.#api.call({ method: 'GET', path: '/api/core/numbers' }, options);
    return (json as { numbers: PhoneNumber[] }).numbers;
  }

  /** The inventory that nobody has yet, by place. At least one filter. */
  async search(filters: NumberSearch, options?: CallOptions): Promise<NumberGroup[]> {
    const call = { method: 'POST', path: '/api/core/numbers/search', body: filters } as const;
    const { json } = await this.#api.call(call, options);
    return (json as { groups: NumberGroup[] }).groups;
  }

  /** Changes what is given; null clears a webhook override. @returns the number as it is then. */
  async update(numberId: string, change: NumberUpdate, options?: CallOptions): Promise<PhoneNumber> {
    const path = `/api/core/numbers/${segment('numberId', numberId)}`;
    const { json } = await this.#api.call({ method: 'PATCH', path, body: change }, options);
    return json as PhoneNumber;
  }
}
