import type { CallbackInbound, CallbackOptOut } from '#carriers/callbacks.ts';
import { type CallbackCarrier, CallbackReceiver } from '#entrances/callbacks/receiver.ts';
import { InboundMedia } from '#media/inbound-media.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';

/** @returns receiver of callbacks, or undefined without a carrier that sends any. */
export function createCallbacks(
  { clock, ids, log, lifecycle }: Core,
  { numbers, optOuts }: Identity,
  { library, createDownloader }: MediaModules,
  { carriers, receipts, inbound, inFlight }: CarrierModules,
): CallbackReceiver | undefined {
  const sending = carriers.flatMap(({ name, callbacks }) => (callbacks ? [{ name, ...callbacks }] : []));
  if (sending.length === 0) return undefined;
  const media = new Map(
    sending.map(({ name, origin, copyMs, mediaHeaders: headers }) => {
      const downloader = createDownloader(origin);
      lifecycle.add({ name: `downloads from ${name}`, stop: () => downloader.close() });
      return [name, new InboundMedia({ library, ids, log, downloader, origin, headers, copyMs })];
    }),
  );

  async function onOptOut({ number: address, recipient }: CallbackOptOut): Promise<void> {
    const number = await numbers.byAddress(address);
    if (!number?.apiClientId) return;
    const { apiClientId, numberId } = number;
    await optOuts.add({ apiClientId, numberId, recipient, origin: 'CARRIER' });
  }

  async function copyMedia({ name }: CallbackCarrier, { to, media: files }: CallbackInbound) {
    const owner = (await numbers.byAddress(to))?.apiClientId;
    return (await media.get(name)?.copy(owner ?? undefined, files)) ?? null;
  }

  return new CallbackReceiver({
    ...{ carriers: sending, clock, log, onOptOut, copyMedia },
    onReport: (carrier, report) => inFlight.settles(receipts.take(carrier, report)),
    onInbound: (carrier, message) => inbound.take(carrier, message),
  });
}
