import type { HttpCarrierSettings } from '../http/settings.ts';
import { checkCallbacks } from './callbacks.ts';
import { checkCredentials } from './credentials.ts';
import { failed, type Report, skipped } from './finding.ts';
import { checkPublicUrl } from './public-url.ts';
import type { VendorCheck } from './vendor-check.ts';

export interface HttpCheckOptions {
  settings: HttpCarrierSettings;
  check: VendorCheck;
  publicUrl: string | undefined;
  /** Whether the sandbox is on, which allows a URL of this machine. */
  isSandbox: boolean;
  report: Report;
}

/** Checks a carrier with an HTTP API: credentials, settings at the vendor, public URL, callbacks and media links. */
export async function checkHttpCarrier(options: HttpCheckOptions): Promise<void> {
  const { settings, check, publicUrl, isSandbox, report } = options;
  const callbackUrl = publicUrl && `${publicUrl}/carriers/${settings.name}/callback`;
  for (const finding of await checkCredentials(check, settings.baseUrl)) report(finding);
  for (const finding of await check.settings(callbackUrl)) report(finding);
  if (publicUrl === undefined) {
    report(failed('public URL', 'RC_PUBLIC_URL is not set. Set it to the https: URL that the vendor calls.'));
    report(skipped('callbacks', 'RC_PUBLIC_URL is not set.'));
    return;
  }
  report(await checkPublicUrl(publicUrl, check.vendor, isSandbox));
  for (const finding of await checkCallbacks(publicUrl, settings.name, check)) report(finding);
}
