import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { receiveFile } from '#media/incoming.ts';
import type { Library } from '#media/library.ts';
import { MAX_FILE_BYTES } from '#media/upload.ts';
import { CANONICAL } from './demo.ts';

/** Picture of the MMS example, with the length that the example names. */
const FILE = fileURLToPath(new URL('../../../assets/catalog.jpg', import.meta.url));
const KEY = 'storage_abc123';

/** Stores the picture of the MMS example, so that the example works without a network. */
export async function addSample(library: Library): Promise<void> {
  if (await library.find(CANONICAL.clientId, KEY)) return;
  const file = await receiveFile(createReadStream(FILE), library.temporary, MAX_FILE_BYTES);
  await library.put(CANONICAL.clientId, KEY, 'UPLOAD', { file, mimeType: 'image/jpeg', fileName: 'catalog.jpg' });
}
