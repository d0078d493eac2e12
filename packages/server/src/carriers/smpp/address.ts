import { readInternational, readNationalForm, readUntyped } from '#platform/phone-numbers.ts';

/** Address in a PDU: type of number and numbering plan (SMPP 3.4, §5.2.5 and §5.2.6), and digits or letters. */
export interface Address {
  ton: number;
  npi: number;
  value: string;
}

/** Type of number and numbering plan for each kind of address. Carriers may require other values. */
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

/** Writes an address. @param text E.164 with its plus, a short code of 3 to 8 digits, or letters. */
export function addressOf(text: string, rules: AddressRules): Address {
  if (INTERNATIONAL.test(text)) {
    const { ton, npi, plus } = rules.international;
    return { ton, npi, value: plus ? text : text.slice(1) };
  }
  const { ton, npi } = SHORT_CODE.test(text) ? rules.shortCode : rules.alphanumeric;
  return { ton, npi, value: text };
}

/** Types of number (SMPP 3.4, §5.2.5). */
const TON = {
  unknown: 0,
  international: 1,
  national: 2,
  networkSpecific: 3,
  subscriber: 4,
  alphanumeric: 5,
  abbreviated: 6,
} as const;

const IS_PHONE = /^\+?[\s(]*\d[\d\s().-]*$/;

/**
 * Reads an address from a carrier. Phone numbers are returned as E.164. Short codes and alphanumeric senders stay
 * unchanged. National digits stay unchanged without a country code, because their country is not known.
 * @param countryCode calling code of the country whose national form the carrier uses: "1".
 */
export function textOf({ ton, value }: Pick<Address, 'ton' | 'value'>, countryCode?: string): string {
  if (!IS_PHONE.test(value)) return value;
  const digits = value.replace(/\D/g, '');
  if (value.startsWith('+')) return readInternational(digits, countryCode) ?? value;
  if (ton === TON.international) return readInternational(digits, countryCode) ?? `+${digits}`;
  return readTyped(ton, digits, countryCode) ?? value;
}

function readTyped(ton: number, digits: string, countryCode: string | undefined): string | undefined {
  switch (ton) {
    case TON.national:
      return readNationalForm(digits, countryCode);
    case TON.alphanumeric:
      return readUntyped(digits, undefined);
    case TON.networkSpecific:
    case TON.abbreviated:
      // Numbers of the carrier itself, which are short codes.
      return SHORT_CODE.test(digits) ? undefined : readUntyped(digits, countryCode);
    default:
      return readUntyped(digits, countryCode);
  }
}
