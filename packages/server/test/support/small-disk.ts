import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1_048_576;

/** A small file system in memory that a test can fill. */
export class SmallDisk {
  readonly directory: string;

  /** @throws if this user may not mount. */
  constructor(mib: number) {
    this.directory = mkdtempSync(join(tmpdir(), 'redcloud-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', this.directory], { stdio: 'pipe' });
    } catch (error) {
      rmdirSync(this.directory);
      throw error;
    }
  }

  get #ballast(): string {
    return join(this.directory, 'ballast');
  }

  /** Fills the file system with one file, except for `leave` bytes. */
  fill(leave = 0): void {
    const fd = openSync(this.#ballast, 'a');
    const chunk = Buffer.alloc(MIB);
    try {
      for (let left = this.#free() - leave; left > 0; left = this.#free() - leave) {
        writeSync(fd, chunk.subarray(0, Math.min(left, MIB)));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** Removes the file of `fill`. */
  clear(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.directory], { stdio: 'pipe' });
    rmdirSync(this.directory);
  }

  #free(): number {
    const { bfree, bsize } = statfsSync(this.directory);
    return bfree * bsize;
  }
}

/** Reason why tests with a small disk are skipped, or undefined if they run. */
export const NO_SMALL_DISK = ((): string | undefined => {
  try {
    new SmallDisk(1).remove();
    return undefined;
  } catch {
    return 'skipped: this user may not mount a file system';
  }
})();
