import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
/** One store takes 40 MiB. */
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * Directory for the stores of tests. In memory where the machine provides that, because each store has a thousand files
 * and some file systems take half a second to copy them.
 */
export const SCRATCH = hasRoom() ? IN_MEMORY : tmpdir();

function hasRoom(): boolean {
  if (process.platform !== 'linux' || process.env['TMPDIR']) return false;
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize > ENOUGH_BYTES;
  } catch {
    return false;
  }
}
