import type { Command } from 'commander';
import type { Action } from '../../session.ts';

interface Answer {
  hold: { begunAt: string; doubted: number } | null;
}

const EVERYTHING_SENDS = { hold: 'none, messages are submitted' };

/** Commands for the hold after a restore, in which nothing is submitted. */
export function addHold(admin: Command, action: Action): void {
  admin
    .command('hold')
    .description('Show whether sending is on hold after a restore')
    .action(
      action(async ({ operator, out, signal }) => {
        const answer = (await operator().request({ method: 'GET', path: '/api/admin/hold' }, { signal })) as Answer;
        out.document(answer, answer.hold ? { ...answer.hold } : EVERYTHING_SENDS);
      }),
    );
  admin
    .command('release')
    .description('Submit messages again after a restore')
    .action(
      action(async ({ operator, out, signal }) => {
        const path = '/api/admin/hold/release';
        const answer = (await operator().request({ method: 'POST', path }, { signal })) as Answer;
        out.document(answer, EVERYTHING_SENDS);
      }),
    );
}
