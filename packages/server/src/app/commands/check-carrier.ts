import { parseArgs } from 'node:util';
import type { CarrierSettings, CarrierType } from '#carriers/carrier-type.ts';
import { type Finding, failed, type Report } from '#carriers/check/finding.ts';
import { checkHttpCarrier } from '#carriers/check/http.ts';
import type { ProbeMessage } from '#carriers/check/probe-message.ts';
import type { HttpCarrierSettings } from '#carriers/http/settings.ts';
import { CARRIER_TYPES, carrierTypeOf, DEFAULT_CARRIERS, secretNamesOf } from '#carriers/registry.ts';
import { segment } from '#messages/request/segments.ts';
import { type Config, readConfig } from '#platform/config.ts';
import { readCarrierSettings } from '../carrier-settings.ts';
import { UsageError } from './usage-error.ts';

export const usage = `Usage: redcloud-server check-carrier [NAME] [options]

Checks a carrier of RC_CARRIERS with the settings of the server, or all carriers: credentials, callback URL, signatures.

  --json            print one JSON document
  --to NUMBER       SMPP: send a message to your own handset, and wait for its receipt
  --from NUMBER     SMPP: sender of the message. Default: +15551234567
  --text TEXT       SMPP: text of the message
  --seconds 60      SMPP: longest wait for the receipt
`;

const TEXT = 'Red Cloud probe: @£$_{}[]~^|€ é ñ';

interface Arguments {
  name: string | undefined;
  json: boolean;
  message: ProbeMessage | undefined;
}

interface Line extends Finding {
  carrier: string;
  type: CarrierSettings['type'];
}

/** Runs the command as a process. */
export function run(options: readonly string[]): Promise<number> {
  return checkCarrier(options, (text) => process.stdout.write(text));
}

/**
 * Runs `redcloud-server check-carrier`.
 * @returns 0 if no check has failed, and otherwise 1.
 * @throws UsageError, or ConfigError for wrong settings.
 */
export async function checkCarrier(
  args: readonly string[],
  print: (text: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  const { name, json, message } = readArguments(args);
  const config = readConfig(env);
  const lines: Line[] = [];
  for (const settings of chosen(config, name, message)) {
    await checkOne(settings, config, message, (finding) => {
      const { name: carrier, type } = settings;
      const line = { carrier, type, ...finding, explanation: printable(finding.explanation, settings) };
      lines.push(line);
      if (!json) print(`${line.state.padEnd(8)} ${carrier} ${line.subject}: ${line.explanation}\n`);
    });
  }
  const isOk = lines.every(({ state }) => state !== 'failed');
  if (json) print(`${JSON.stringify({ ok: isOk, checks: lines }, undefined, 2)}\n`);
  return isOk ? 0 : 1;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [name, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`Unexpected argument ${others[0]}. Name one carrier, or none for all.`);
  const { to, from = '+15551234567', text = TEXT, seconds: wait = '60' } = values;
  const seconds = Number(wait);
  if (!/^\d{1,5}$/.test(wait)) throw new UsageError(`--seconds ${wait} is not a whole number of up to 5 digits.`);
  if (to === undefined) return { name, json: values.json, message: undefined };
  if (name === undefined) throw new UsageError('--to needs a carrier. Name the carrier that sends the message.');
  const { encoding, segments } = segment(text);
  if (segments.length > 1) throw new UsageError('--text is longer than one segment. Shorten the text.');
  return { name, json: values.json, message: { from, to, text, encoding, seconds } };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        to: { type: 'string' },
        from: { type: 'string' },
        text: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Carriers that are checked. Without RC_CARRIERS, the simulator is the only one. */
function chosen(config: Config, name: string | undefined, message: ProbeMessage | undefined): CarrierSettings[] {
  const { carriers } = readCarrierSettings(config) ?? DEFAULT_CARRIERS;
  if (name === undefined) return carriers;
  const found = carriers.find((carrier) => carrier.name === name);
  const names = carriers.map((carrier) => carrier.name).join(', ');
  if (!found) throw new UsageError(`Carrier ${name} is not configured. Configured carriers: ${names}.`);
  if (message && !canProbe(carrierTypeOf(found.type))) {
    const types = Object.keys(CARRIER_TYPES).filter((type) => canProbe(CARRIER_TYPES[type]));
    throw new UsageError(
      `--to needs a carrier of type ${types.join(' or ')}, but ${name} is of type ${found.type}. Send through the API.`,
    );
  }
  return [found];
}

function canProbe(type: CarrierType | undefined): boolean {
  return type?.ownership === 'exclusive' && type.canProbe;
}

async function checkOne(
  settings: CarrierSettings,
  config: Config,
  message: ProbeMessage | undefined,
  report: Report,
): Promise<void> {
  try {
    const type = carrierTypeOf(settings.type);
    if (type?.ownership === 'exclusive') await type.check(settings, report, message);
    if (type?.ownership === 'shared') {
      const { publicUrl, sandbox: isSandbox } = config;
      const shared = settings as HttpCarrierSettings;
      await checkHttpCarrier({ settings: shared, check: type.check(shared), publicUrl, isSandbox, report });
    }
  } catch (error) {
    // A bug in the check of one carrier must not hide the findings of the others.
    report(failed('check', `Unexpected error: ${(error as Error).message}. Report it to the developers of Red Cloud.`));
  }
}

/** Shorter secrets are parts of ordinary words. */
const SHORTEST_SECRET = 4;
const LONGEST_EXPLANATION = 1_000;

/** Explanation without the secrets that a peer may quote, and without control characters. */
function printable(text: string, settings: CarrierSettings): string {
  const entries = Object.entries(settings).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const names = new Set(secretNamesOf(settings.type));
  const open = new Set(entries.filter(([name]) => !names.has(name)).map(([, value]) => value));
  const secrets = entries
    .filter(([name, value]) => names.has(name) && value.length >= SHORTEST_SECRET && !open.has(value))
    .map(([, value]) => value)
    .toSorted((one, other) => other.length - one.length);
  const redacted = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return redacted.replaceAll(/\p{Cc}+/gu, ' ').slice(0, LONGEST_EXPLANATION);
}
