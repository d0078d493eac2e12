import { CarrierSettingsError } from '#carriers/problems.ts';
import type { Carriers } from '#carriers/registry.ts';
import { readCarriers } from '#carriers/settings.ts';
import type { Config } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';

/** @throws ConfigError with the path of the invalid field in the file of the carriers. */
export function readCarrierSettings({ carriers }: Config): Carriers | undefined {
  if (!carriers) return undefined;
  const { file, text, secrets } = carriers;
  try {
    return readCarriers(text, secrets);
  } catch (error) {
    if (error instanceof CarrierSettingsError) throw new ConfigError(`RC_CARRIERS: ${file}: ${error.message}.`);
    throw error;
  }
}
