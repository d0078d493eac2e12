import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { StorageUnavailable } from '#media/storage/storage.ts';
import { storageOf } from '../../media.ts';
import type { Examined } from '../settings.ts';
import { examineDirectory } from './data-directory.ts';
import { type Finding, fail, ok } from './finding.ts';

const SUBJECT = 'media';
/** Hash that no file has. */
const ABSENT = createHash('sha256').update('redcloud-server doctor').digest('hex');

export async function examineMedia({ settings: { media, dataDir = '' } }: Examined): Promise<Finding[]> {
  // An invalid RC_MEDIA is a finding of the settings.
  if (!media?.storage) return [];
  if (media.storage.kind === 'directory') {
    return examineDirectory(SUBJECT, 'RC_MEDIA', resolve(media.storage.path));
  }
  const storage = storageOf({ media, dataDir });
  try {
    await storage.size(ABSENT);
    return [ok(SUBJECT, `${storage.description} responds.`)];
  } catch (error) {
    if (!(error instanceof StorageUnavailable)) throw error;
    return [fail(SUBJECT, `${error.message}.`, 'Check RC_MEDIA and the AWS credentials.')];
  }
}
