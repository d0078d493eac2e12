import { release } from '#failover/hold.ts';
import { readConfig } from '#platform/config.ts';
import { fail } from './failure.ts';
import { withStore } from './hold.ts';
import { refuseOtherUserOfStore } from './other-user.ts';
import { refuseOptions } from './usage-error.ts';

export const usage = `Usage: redcloud-server release

Ends the hold after a restore: waiting messages that are due are submitted. With a database server, running processes
follow within a second. An embedded store must not be in use; use the console or 'redcloud admin release' then.
`;

export async function run(options: readonly string[]): Promise<number> {
  refuseOptions('release', options);
  try {
    const config = readConfig();
    refuseOtherUserOfStore(config, 'release');
    const ended = await withStore(config, release);
    process.stdout.write(ended ? 'Messages are submitted again.\n' : 'Sending was not on hold.\n');
    return 0;
  } catch (error) {
    return fail(error);
  }
}
