import type { Command } from 'commander';
import { moment } from '../../output/text.ts';
import type { Action } from '../../session.ts';

interface Overview {
  now: string;
  samples: { queued: Record<string, number> }[];
  totals: Record<string, number>;
  failures: { code: string; count: number }[];
  processes: { host: string; pid: number; version: string; roles: string[]; startedAt: string }[];
  carriers: { name: string; link: number; state: string; heldBy: string | null }[];
  endpoints: { known: number; failing: number; disabled: number };
}

export function addOverview(admin: Command, action: Action): void {
  admin
    .command('overview')
    .description('Show the status of all processes, now and over the last hour')
    .action(
      action(async ({ operator, out, signal }) => {
        const request = { method: 'GET', path: '/api/admin/overview' } as const;
        const overview = (await operator().request(request, { signal })) as Overview;
        const { now, samples, totals, endpoints } = overview;
        out.document(overview, { now: moment(now), ...totals, ...queued(samples), ...named('endpoints', endpoints) });
        out.section(
          'Processes',
          [
            { title: 'HOST', of: ({ host }) => host },
            { title: 'PID', of: ({ pid }) => pid },
            { title: 'VERSION', of: ({ version }) => version },
            { title: 'ROLES', of: ({ roles }) => roles.join(' ') },
            { title: 'SINCE', of: ({ startedAt }) => moment(startedAt) },
          ],
          overview.processes,
        );
        out.section(
          'Carriers',
          [
            { title: 'NAME', of: ({ name }) => name },
            { title: 'LINK', of: ({ link }) => link },
            { title: 'STATE', of: ({ state }) => state },
          ],
          overview.carriers,
        );
        out.section(
          'Failures',
          [
            { title: 'CODE', of: ({ code }) => code },
            { title: 'COUNT', of: ({ count }) => count },
          ],
          overview.failures,
        );
      }),
    );
}

const queued = (samples: Overview['samples']) => named('queued', samples.at(-1)?.queued ?? {});

function named(group: string, counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${group} ${name}`, count]));
}
