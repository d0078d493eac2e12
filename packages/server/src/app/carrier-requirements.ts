import type { CarrierSettings } from '#carriers/carrier-type.ts';
import type { HttpCarrierSettings } from '#carriers/http/settings.ts';
import { carrierTypeOf } from '#carriers/registry.ts';
import type { Config } from '#platform/config.ts';

type Requirements = Pick<Config, 'publicUrl' | 'databaseUrl' | 'media'>;

/** @returns settings of the server that the carrier requires and that are not set, each with the reason. */
export function unmetRequirements(
  settings: CarrierSettings,
  { publicUrl, databaseUrl, media }: Requirements,
): string[] {
  const type = carrierTypeOf(settings.type);
  if (type?.ownership !== 'shared') return [];
  const { name } = settings;
  const unmet: string[] = [];
  if (!publicUrl) unmet.push(`RC_PUBLIC_URL: required by the carrier ${name}, which sends callbacks to it.`);
  if (type.capabilities(settings as HttpCarrierSettings).media && databaseUrl && !media.isSet) {
    unmet.push(
      `RC_MEDIA: required with PostgreSQL by the carrier ${name}, which supports MMS. Set file:PATH or s3://….`,
    );
  }
  return unmet;
}
