/** An address as a PDU has it: type of number and numbering plan (SMPP 3.4, §5.2.5 and §5.2.6), and its digits or letters. */
export interface Address {
  ton: number;
  npi: number;
  value: string;
}

/** What stands for each kind of address; a carrier may want others. */
export interface AddressRules {
  international: { ton: number; npi: number; plus: boolean };
  shortCode: { ton: number; npi: number };
  alphanumeric: { ton: number; npi: number };
}

export const ADDRESS_RULES: AddressRules = {
  international: { ton: 1, npi: 1, plus: false },
  shortCode: { ton: 3, npi: 0 },
  alphanumeric: { ton: 5, npi: 0 },
};

const INTERNATIONAL = /^\+\d+$/;
const SHORT_CODE = /^\d{3,8}$/;

/** E.164 with its plus, a short code of 3 to 8 digits, or letters. */
export function addressOf(text: string, rules: AddressRules): Address {
  if (INTERNATIONAL.test(text)) {
    const { ton, npi, plus } = rules.international;
    return { ton, npi, value: plus ? text : text.slice(1) };
  }
  const { ton, npi } = SHORT_CODE.test(text) ? rules.shortCode : rules.alphanumeric;
  return { ton, npi, value: text };
}

const NATIONAL = /^\d{7,14}$/;
const SUBSCRIBER = /^\d{7,10}$/;

/**
 * The other way, of what a carrier sends. Without a country code, national digits stay as they are, since nobody can say of
 * which country they are.
 * @param countryCode of what comes in national form: "1".
 */
export function textOf({ ton, value }: Pick<Address, 'ton' | 'value'>, countryCode?: string): string {
  if (value.startsWith('+') || !/^\d+$/.test(value)) return value;
  if (ton === 1) return `+${value.replace(/^00(?=[1-9])/, '')}`;
  if (/^00[1-9]\d{6,14}$/.test(value)) return `+${value.slice(2)}`;
  if (countryCode && (ton === 2 ? NATIONAL.test(value) : ton === 0 && SUBSCRIBER.test(value))) {
    return `+${countryCode}${value.replace(/^0/, '')}`;
  }
  // Many a carrier leaves the type out. So long a row of digits is no short code.
  return /^\d{11,15}$/.test(value) && ton !== 2 ? `+${value}` : value;
}
