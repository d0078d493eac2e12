import { join } from 'node:path';
import { Targets } from '#egress/targets.ts';
import { Adapter } from '#media/adapt.ts';
import { Claims } from '#media/claims.ts';
import { Deliverables } from '#media/deliverables.ts';
import { Downloader } from '#media/fetch/download.ts';
import { Fetcher } from '#media/fetch/fetcher.ts';
import { Library } from '#media/library.ts';
import { Links } from '#media/links.ts';
import { DirectoryStorage } from '#media/storage/directory.ts';
import { S3Storage } from '#media/storage/s3.ts';
import type { Storage } from '#media/storage/storage.ts';
import type { Config } from '#platform/config.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';

/** Files of MMS: storage, uploads, fetches, and the form in which carriers get them. */
export interface MediaModules {
  storage: Storage;
  library: Library;
  claims: Claims;
  links: Links;
  deliverables: Deliverables;
  /** Creates a downloader. @param trustedOrigin origin to which the rules for targets do not apply. */
  createDownloader(trustedOrigin?: string): Downloader;
  /** Creates the worker that fetches files from their sources. */
  createFetcher(onFetched: () => void): Fetcher;
  /** Rules for URLs that clients choose. */
  targets: Targets;
}

/** @throws ConfigError if other processes of the installation use another storage. */
export async function createMedia(core: Core, { keys }: Identity): Promise<MediaModules> {
  const { config, db, ids, clock, log, queue, overrides } = core;
  const { media, publicUrl } = config;
  const storage = storageOf(config);
  const library = new Library({ db, ids, clock, storage, quotaBytes: media.quotaBytes });
  // Without RC_MEDIA, each host has a directory of its own.
  await library.open({ isShared: media.isSet || db.kind === 'embedded' });
  const links = new Links(keys.derive('media links'), publicUrl ?? '', clock);
  const adapter = new Adapter({ db, clock, ids, library });
  const targets = targetsOf(config);
  const createDownloader = (trustedOrigin?: string) =>
    new Downloader({ targets, proxy: config.webhookProxy, trustedOrigin });
  const pollMs = overrides.pollMs ? { pollMs: overrides.pollMs } : {};
  return {
    ...{ storage, library, links, targets },
    claims: new Claims({ db, ids, clock, quotaBytes: media.quotaBytes, refusal: (url) => targets.refusal(url) }),
    deliverables: new Deliverables({ db, clock, log, adapter, links }),
    createDownloader,
    createFetcher: (onFetched) => {
      const downloader = createDownloader();
      return new Fetcher({ ...{ db, queue, clock, log, library, downloader, onFetched }, ...pollMs });
    },
  };
}

export function storageOf({ media: { storage }, dataDir }: Pick<Config, 'media' | 'dataDir'>): Storage {
  if (storage.kind === 'directory') return new DirectoryStorage(storage.path);
  return new S3Storage({ ...storage, temporary: join(dataDir, 'media-tmp') });
}

function targetsOf({ webhookAllowedNetworks, webhookProxy, sandbox }: Config): Targets {
  return new Targets({ networks: webhookAllowedNetworks, loopback: sandbox, proxied: webhookProxy !== undefined });
}
