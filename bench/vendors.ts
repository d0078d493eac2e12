import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { temporaryFolder } from './leftovers.ts';

const SECRET = 'benchmark-secret-of-the-vendor';
const PUBLIC_URL = 'https://sms.example.com';

/** A vendor in a process of its own, by the name of its carrier. */
export type Vendor = Child<{ port: number }>;

/** Starts vendors. @param silent names of carriers that never respond */
export async function startVendors<Name extends string>(
  names: readonly Name[],
  silent: readonly Name[] = [],
): Promise<Record<Name, Vendor>> {
  const started = await Promise.all(
    names.map(async (name) => {
      const args = silent.includes(name) ? ['silent'] : [];
      return [name, await startChild<{ port: number }>('./vendor.ts', args, { VENDOR_SECRET: SECRET })] as const;
    }),
  );
  return Object.fromEntries(started) as Record<Name, Vendor>;
}

/** Settings of a server whose carriers are these vendors. The first one is the default. */
export function carrierSettings(vendors: Record<string, Vendor>, window: number): Record<string, string> {
  const folder = temporaryFolder();
  const carriers = Object.entries(vendors).map(([name, { ready }]) => ({
    ...{ name, type: 'twilio', accountSid: `AC${'1'.repeat(32)}`, authToken: SECRET, window },
    baseUrl: `http://127.0.0.1:${ready.port}`,
  }));
  const file = join(folder.path, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers, default: carriers[0]?.name }));
  return { RC_CARRIERS: file, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(folder.path, 'media')}` };
}
