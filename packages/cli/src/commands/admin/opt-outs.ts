import type { Command } from 'commander';
import type { Column } from '../../output/table.ts';
import type { RedCloud } from '../../sdk.ts';
import type { Action } from '../../session.ts';

const PATH = '/api/admin/opt-outs/repair';

interface Faulty {
  apiClientId: string;
  numberId: string;
  recipient: string;
  fault: string;
  corrections: string[];
  action: string;
}

interface Page {
  optOuts: Faulty[];
  nextCursor: string | null;
}

const COLUMNS: Column<Faulty>[] = [
  { title: 'CLIENT', of: ({ apiClientId }) => apiClientId },
  { title: 'NUMBER', of: ({ numberId }) => numberId },
  { title: 'RECIPIENT', of: ({ recipient }) => recipient },
  { title: 'FAULT', of: ({ fault }) => fault },
  { title: 'CORRECTION', of: ({ corrections }) => corrections.join(' or ') || null },
  { title: 'ACTION', of: ({ action }) => action },
];

export function addAdminOptOuts(admin: Command, action: Action): void {
  const optOuts = admin.command('opt-outs').alias('optouts').description('Repair opt-outs of all clients');
  optOuts
    .command('repair')
    .description('List opt-outs with impossible recipients (--apply corrects them)')
    .option('--apply', 'Apply the listed corrections (safe to repeat, also while the server runs)')
    .action(
      action(async ({ operator, out, signal }, { apply = false }: { apply?: boolean }) => {
        const found = await all(operator(), apply, signal);
        out.list(found, COLUMNS, 'No opt-out has an impossible recipient.');
        const open = found.filter((one) => one.action === 'NONE').length;
        const rest = open > 0 ? ` Without a unique correction: ${open}. Decide with \`redcloud optouts\`.` : '';
        const corrected = found.length - open;
        if (found.length === 0) return;
        out.note(apply ? `Corrected: ${corrected}.${rest}` : `Correctable: ${corrected}. Correct with --apply.${rest}`);
      }),
    );
}

async function all(operator: RedCloud, apply: boolean, signal: AbortSignal): Promise<Faulty[]> {
  const found: Faulty[] = [];
  let after: string | null = null;
  do {
    const body = { apply, limit: 500, ...(after === null ? {} : { after }) };
    const page = (await operator.request({ method: 'POST', path: PATH, body }, { signal })) as Page;
    found.push(...page.optOuts);
    after = page.nextCursor;
  } while (after !== null);
  return found;
}
