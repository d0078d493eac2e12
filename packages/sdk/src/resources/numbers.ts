import type { Api, CallOptions } from '../transport/api.ts';
import { segment } from '../transport/path.ts';
import { has } from '../transport/whole.ts';
import type { NumberGroup, NumberSearch, NumberUpdate, PhoneNumber } from '../types.ts';

const PATH = '/api/core/numbers';

/** Each needs its capability (`numbers:read`, `numbers:search`, `numbers:update`), and throws as `Api.call` does. */
export class Numbers {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** What this client can send from. */
  async list(options?: CallOptions): Promise<PhoneNumber[]> {
    const { json } = await this.#api.call({ method: 'GET', path: PATH, isWhole: has({ numbers: 'list' }) }, options);
    return (json as { numbers: PhoneNumber[] }).numbers;
  }

  /** The inventory that nobody has yet, by place. At least one filter. */
  async search(filters: NumberSearch, options?: CallOptions): Promise<NumberGroup[]> {
    const call = { method: 'POST', path: `${PATH}/search`, body: filters, isWhole: has({ groups: 'list' }) } as const;
    const { json } = await this.#api.call(call, options);
    return (json as { groups: NumberGroup[] }).groups;
  }

  /** Changes what is given; null clears a webhook override. @returns the number as it is then. */
  async update(numberId: string, change: NumberUpdate, options?: CallOptions): Promise<PhoneNumber> {
    const path = `${PATH}/${segment('numberId', numberId)}`;
    const call = { method: 'PATCH', path, body: change, isWhole: has({ numberId: 'text' }) } as const;
    return (await this.#api.call(call, options)).json as PhoneNumber;
  }
}
