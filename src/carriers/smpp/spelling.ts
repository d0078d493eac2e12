/**
 * Carriers spell one id differently in the answer to a submit and in the receipt: hexadecimal here and decimal there, in
 * another case, with leading zeros or without. Each way leads from a receipt's spelling to what the answer's may have been.
 */
type Step = (id: string) => string | undefined;

const NUMBERS: Record<string, Step> = {
  same: (id) => id,
  toHex: (id) => fromDecimal(id)?.toString(16),
  toDecimal: (id) => fromHex(id)?.toString(10),
};
const CASES: Record<string, Step> = {
  same: (id) => id,
  lower: (id) => id.toLowerCase(),
  upper: (id) => id.toUpperCase(),
};
const ZEROS: Record<string, Step> = {
  same: (id) => id,
  none: (id) => id.replace(/^0+(?=.)/, ''),
  eight: (id) => id.replace(/^0+(?=.)/, '').padStart(8, '0'),
  ten: (id) => id.replace(/^0+(?=.)/, '').padStart(10, '0'),
};

/** A notation, a case and zeros: one of each, in every combination; the plainest ones first. */
const WAYS: ReadonlyMap<string, Step> = new Map(
  Object.entries(NUMBERS).flatMap(([notation, number]) =>
    Object.entries(CASES).flatMap(([letters, letter]) =>
      Object.entries(ZEROS).map(([zeros, zero]): [string, Step] => [
        `${notation} ${letters} ${zeros}`,
        (id) => {
          const read = number(id);
          return read === undefined ? undefined : zero(letter(read) as string);
        },
      ]),
    ),
  ),
);

const SAME = 'same same same';
/** So often in a row one way has to be right before the others are not tried any more. */
const SURE = 20;
/** Ids that are numbers have at most as many digits as 128 bits. */
const LONGEST_NUMBER = 39;

function fromDecimal(id: string): bigint | undefined {
  return /^\d+$/.test(id) && id.length <= LONGEST_NUMBER ? BigInt(id) : undefined;
}

function fromHex(id: string): bigint | undefined {
  return /^[0-9a-f]+$/i.test(id) && id.length <= LONGEST_NUMBER ? BigInt(`0x${id}`) : undefined;
}

/**
 * What one link has taught us about its spelling. As long as nothing is certain, all ways are offered, the plain one first; a
 * way that has led to a part is offered first from then on; and one that always has is the only one beside the plain one,
 * since a receipt that overtakes its answer must not be taken for another part's.
 */
export class Spelling {
  readonly #hits = new Map<string, number>();

  /** What the answer to the submit may have said, the likeliest first, each once. */
  candidates(id: string): string[] {
    const [sure] = this.#hits.size === 1 ? this.#hits : [];
    const certain = sure && sure[1] >= SURE ? [sure[0], SAME] : undefined;
    const ways = certain ?? [...WAYS.keys()].sort((a, b) => (this.#hits.get(b) ?? 0) - (this.#hits.get(a) ?? 0));
    return [...new Set(ways.flatMap((way) => WAYS.get(way)?.(id) ?? []))];
  }

  /** The receipt that said `id` was of the part whose submit was answered with `answered`. */
  learn(id: string, answered: string): void {
    // Those that have been right before, first: an id without letters says nothing of their case.
    const ways = [...this.#hits.keys(), ...WAYS.keys()];
    const way = ways.find((one) => WAYS.get(one)?.(id) === answered);
    if (way) this.#hits.set(way, (this.#hits.get(way) ?? 0) + 1);
  }
}
