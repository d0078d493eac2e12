import { ApiError, type RedCloudError } from '../sdk.ts';
import type { Terminal } from '../terminal.ts';
import { reasonOf } from './failure.ts';
import { printable } from './text.ts';

/** Says to whoever sits at a terminal why nothing happens, once for each kind of trouble; a script is told how it ended. */
export function troubleTeller({ stderr }: Terminal): (error: RedCloudError) => void {
  const told = new Set<string>();
  return (error) => {
    const kind = error instanceof ApiError ? error.code : error.name;
    if (!stderr.isTTY || told.has(kind)) return;
    told.add(kind);
    // In the place of a progress bar, where there is one: that is drawn again below it.
    stderr.write(`\r\u001b[2K${printable(reasonOf(error))}. Trying again …\n`);
  };
}
