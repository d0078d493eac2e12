import { type Command, Option } from 'commander';
import { EXIT } from '../../exit.ts';
import type { Column } from '../../output/table.ts';
import { segment } from '../../sdk.ts';
import type { Action } from '../../session.ts';

const PATH = '/api/admin/carriers';

interface Carrier {
  name: string;
  type: string;
  state: string;
  reason: string | null;
  disabled: boolean;
  isDefault: boolean;
  queued: number;
  oldestSeconds: number;
  ratePerSecond: number;
  window: number;
  failureShare: number | null;
  configDiffers: boolean;
}

const COLUMNS: Column<Carrier>[] = [
  { title: 'NAME', of: ({ name }) => name },
  { title: 'TYPE', of: ({ type }) => type },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'QUEUED', of: ({ queued }) => queued },
  { title: 'OLDEST', of: ({ queued, oldestSeconds }) => (queued === 0 ? null : `${oldestSeconds} s`) },
  { title: 'RATE', of: ({ ratePerSecond }) => `${Math.round(ratePerSecond * 10) / 10}/s` },
  { title: 'WINDOW', of: ({ window }) => window },
  {
    title: 'FAILURES',
    of: ({ failureShare }) => (failureShare === null ? null : `${Math.round(failureShare * 100)} %`),
  },
  { title: 'NOTES', of: (carrier) => notesOf(carrier).join(', ') || null },
  { title: 'REASON', of: ({ reason }) => reason },
];

function notesOf({ isDefault, disabled, configDiffers }: Carrier): string[] {
  return [
    ...(isDefault ? ['default'] : []),
    ...(disabled ? ['disabled'] : []),
    ...(configDiffers ? ['settings differ between processes'] : []),
  ];
}

export function addCarriers(admin: Command, action: Action): void {
  const carriers = admin.command('carriers').description('List, pause and resume carriers');
  carriers
    .command('list', { isDefault: true })
    .description('List carriers with their states (default command)')
    .action(
      action(async ({ operator, out, signal }) => {
        const found = (await operator().request({ method: 'GET', path: PATH }, { signal })) as { carriers: Carrier[] };
        out.list(found.carriers, COLUMNS, 'No carriers. Set them in RC_CARRIERS.');
      }),
    );
  addChange(carriers, action, 'pause', 'Stop submits to a carrier in all processes, until `resume`');
  addChange(carriers, action, 'resume', 'Submit to a paused carrier again');
}

function addChange(carriers: Command, action: Action, verb: 'pause' | 'resume', description: string): void {
  carriers
    .command(verb)
    .description(description)
    .argument('<name>')
    .action(
      action(async ({ operator, out, signal }, _options, name = '') => {
        const path = `${PATH}/${segment('name', name)}/${verb}`;
        const carrier = (await operator().request({ method: 'POST', path }, { signal })) as Carrier;
        out.document(carrier, { ...carrier });
      }),
    );
}

interface Explanation {
  /** Null: no number of the pool can send to the recipient. */
  numberId: string | null;
  carrier: string | null;
  route: string | null;
  reason: string;
  errorCode: string | null;
  isAvailable: boolean;
  candidates: { carrier: string; problem: string | null }[];
  skipped: { route: string | null; carrier: string | null; reason: string }[];
}

interface RouteOptions {
  to: string;
  from: string;
  type: string;
}

export function addRoute(admin: Command, action: Action): void {
  admin
    .command('route')
    .description('Explain which route a message would take (exits with 3 if there is none)')
    .requiredOption('--to <e164>', 'Phone number of the recipient')
    .requiredOption('--from <number>', 'Id or phone number of the sender, such as num_abc123, or id of a pool (pool_…)')
    .addOption(new Option('--type <type>', 'Type of the message').choices(['SMS', 'MMS']).default('SMS'))
    .action(
      action(async ({ operator, out, signal }, { to, from, type: messageType }: RouteOptions) => {
        const request = { method: 'GET', path: '/api/admin/route', query: { to, from, messageType } } as const;
        const explained = (await operator().request(request, { signal })) as Explanation;
        const { candidates, skipped, ...decision } = explained;
        out.document(explained, { ...decision });
        out.section(
          'Carriers in the order in which they are tried',
          [
            { title: 'CARRIER', of: ({ carrier }) => carrier },
            { title: 'PROBLEM', of: ({ problem }) => problem },
          ],
          candidates,
        );
        out.section(
          'Skipped',
          [
            { title: 'ROUTE', of: ({ route }) => route },
            { title: 'CARRIER', of: ({ carrier }) => carrier },
            { title: 'REASON', of: ({ reason }) => reason },
          ],
          skipped,
        );
        return explained.carrier === null ? EXIT.rejected : EXIT.ok;
      }),
    );
}
