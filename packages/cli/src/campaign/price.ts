import { InvalidArgumentError } from 'commander';

/** Price of a segment, as a decimal without rounding. */
export interface Price {
  /** As given. Empty without a currency. */
  currency: string;
  units: bigint;
  /** Digits after the point. */
  scale: number;
}

const PRICE = /^(?:([^\d\s.,+-]{1,10})\s?)?(\d{1,12})(?:\.(\d{1,12}))?(?:\s?([^\d\s.,+-]{1,10}))?$/;

/** Parses `0.0075`, `USD 0.0075` or `0.0075 EUR`. */
export function readPrice(text: string): Price {
  const [, before, whole, fraction = '', after] = PRICE.exec(text.trim()) ?? [];
  if (whole === undefined || (before !== undefined && after !== undefined))
    throw new InvalidArgumentError('Use a price per segment such as 0.0075 or "USD 0.0075".');
  return { currency: before ?? after ?? '', units: BigInt(whole + fraction), scale: fraction.length };
}

/** @returns the exact cost with at least two decimals, such as `37.50` */
export function costOf({ units, scale }: Price, segments: number): string {
  const digits = String(units * BigInt(segments)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
