import type { Style } from './identity.ts';

const NONE: ReadonlySet<Style> = new Set();

/** How each carrier spells ids in its receipts, as far as matched receipts have shown it in this process. */
export class Styles {
  readonly #known = new Map<string, Set<Style>>();

  of(carrier: string): ReadonlySet<Style> {
    return this.#known.get(carrier) ?? NONE;
  }

  /** @param style null or undefined: the receipt spelled the id as the response did, or was not matched. */
  learn(carrier: string, style: Style | null | undefined): void {
    if (!style) return;
    const known = this.#known.get(carrier) ?? new Set();
    this.#known.set(carrier, known.add(style));
  }
}
