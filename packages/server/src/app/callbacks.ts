import type { CallbackOptOut } from '#carriers/callbacks.ts';
import type { InboundMessage } from '#carriers/carrier.ts';
import { storable } from '#db/db.ts';
import { CallbackReceiver } from '#entrances/callbacks/receiver.ts';
import { Copier, type FileCopy, type FileToCopy } from '#inbound/copies.ts';
import { type Downloader, DownloadFailed } from '#media/fetch/download.ts';
import { InboundMedia } from '#media/inbound-media.ts';
import type { CallbackPlan } from './carrier-plans.ts';
import type { CarrierSet } from './carrier-set.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';

export interface CallbackModules {
  receiver: CallbackReceiver;
  /** Worker that copies the files of inbound messages. */
  copier: Copier;
}

/** @returns receiver of callbacks, or undefined without RC_PUBLIC_URL, which carriers with callbacks require. */
export function createCallbacks(
  core: Core,
  { numbers, optOuts }: Identity,
  mediaModules: MediaModules,
  { carriers, receipts, inbound, inFlight }: CarrierModules,
): CallbackModules | undefined {
  const { config, db, queue, clock, log, overrides, lifecycle } = core;
  if (!config.publicUrl) return undefined;
  const sources = new MediaSources(mediaModules, carriers);
  lifecycle.add({ name: 'downloads from carriers', stop: () => sources.close() });

  async function copy(carrier: string, client: string, file: FileToCopy, signal: AbortSignal): Promise<FileCopy> {
    const source = await sources.of(carrier);
    if (!source) return { error: 'The carrier is not configured', isTemporary: true };
    return source.copy(client, file, signal).then(
      (copied) => ({ file: copied }),
      (error: Error) => {
        log.warn({ event: 'media_not_fetched', apiClientId: client, carrier, error: error.message });
        if (error instanceof DownloadFailed) return { error: error.message, isTemporary: error.isTemporary };
        return { error: 'The file could not be copied', isTemporary: true };
      },
    );
  }
  const copier = new Copier({
    ...{ db, queue, clock, log, copy },
    ...(overrides.pollMs ? { pollMs: overrides.pollMs } : {}),
  });

  async function onOptOut({ number: address, recipient }: CallbackOptOut): Promise<void> {
    const number = await numbers.byAddress(storable(address));
    if (!number?.apiClientId) return;
    const { apiClientId, numberId } = number;
    await optOuts.add({ apiClientId, numberId, recipient: storable(recipient), origin: 'CARRIER' });
  }

  async function onInbound(carrier: string, message: InboundMessage): Promise<void> {
    const { copies } = await inbound.takeWhole(carrier, message);
    if (copies && message.toCopy) await copier.copyNow(copies, message.toCopy.withinMs);
  }

  const receiver = new CallbackReceiver({
    ...{ clock, log, onOptOut, onInbound },
    carrierOf(name) {
      const callbacks = carriers.find(name)?.callbacks;
      return callbacks && { name, ...callbacks };
    },
    onReports: (carrier, reports) => inFlight.settles(receipts.takeTogether(carrier, reports)),
  });
  return { receiver, copier };
}

/** Sources of the files of inbound messages, by carrier. */
class MediaSources {
  readonly #media: MediaModules;
  readonly #carriers: CarrierSet;
  readonly #sources = new Map<CallbackPlan, { source: InboundMedia; downloader: Downloader }>();

  constructor(media: MediaModules, carriers: CarrierSet) {
    this.#media = media;
    this.#carriers = carriers;
  }

  /** @returns undefined for a carrier that is not configured. */
  async of(carrier: string): Promise<InboundMedia | undefined> {
    const plan = this.#carriers.find(carrier)?.callbacks;
    await this.#dropFormer();
    if (!plan) return undefined;
    return (this.#sources.get(plan) ?? this.#add(plan)).source;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sources.values()].map(({ downloader }) => downloader.close()));
  }

  #add(plan: CallbackPlan) {
    const { origin, mediaHeaders: headers } = plan;
    const downloader = this.#media.createDownloader(origin);
    const added = {
      source: new InboundMedia({ library: this.#media.library, downloader, origin, headers }),
      downloader,
    };
    this.#sources.set(plan, added);
    return added;
  }

  /** Closes the connections with the settings before a reload. */
  async #dropFormer(): Promise<void> {
    const current = new Set(this.#carriers.all.map(({ callbacks }) => callbacks));
    const former = [...this.#sources].filter(([plan]) => !current.has(plan));
    for (const [plan] of former) this.#sources.delete(plan);
    await Promise.all(former.map(([, { downloader }]) => downloader.close()));
  }
}
