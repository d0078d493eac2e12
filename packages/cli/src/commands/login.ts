import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { UsageError } from '../exit.ts';
import { readInput } from '../input.ts';
import { checkedUrl } from '../profiles/connection.ts';
import { pathOf, readProfiles, writeProfiles } from '../profiles/store.ts';
import { AbortError } from '../sdk.ts';
import type { Action, Session } from '../session.ts';

interface LoginOptions {
  clientId?: string;
  clientSecret?: string;
  secretStdin?: boolean;
}

export function addLogin(program: Command, action: Action): void {
  program
    .command('login')
    .description('Verify credentials and store them as --profile (default: `default`)')
    .option('--client-id <id>', 'Client id (default: prompt)')
    .option('--client-secret <secret>', 'Client secret, visible to other users of this machine (default: prompt)')
    .option('--secret-stdin', 'Read the client secret from standard input')
    .action(action(login));
  program.command('logout').description('Remove a stored profile').action(action(logout));
  program.command('profiles').description('List stored profiles, without secrets').action(action(list));
  program.command('use').description('Select the profile for later commands').argument('<profile>').action(action(use));
}

async function login(session: Session, options: LoginOptions): Promise<void> {
  const { terminal, globals, out, signal, visitor } = session;
  const name = globals.profile ?? 'default';
  const givenUrl = globals.url ?? terminal.env['REDCLOUD_URL'];
  const profile = {
    url: checkedUrl(givenUrl ?? (await asked(session, { what: 'URL', proposal: 'http://127.0.0.1:3000' }))),
    clientId: options.clientId ?? (await asked(session, { what: 'Client id' })),
    clientSecret: await secretOf(session, options),
  };
  if (profile.clientId === '' || profile.clientSecret === '')
    throw new UsageError('Client id and client secret are required');
  const { url: baseUrl, clientId, clientSecret } = profile;
  const { apiClientId, apiClientName } = await visitor({ baseUrl, clientId, clientSecret }).whoami({ signal });
  const { profiles } = readProfiles(terminal.env);
  writeProfiles(terminal.env, { current: name, profiles: { ...profiles, [name]: profile } });
  const kept = { profile: name, url: profile.url, apiClientId, apiClientName, file: pathOf(terminal.env) };
  out.document(kept, kept);
  if (isReadOnTheWay(profile.url))
    out.note('Warning: over http://, others on the network can read the secret. Use https://.');
}

function isReadOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

async function secretOf(session: Session, { clientSecret, secretStdin }: LoginOptions): Promise<string> {
  if (secretStdin) return (await readInput(session)).trim();
  return clientSecret ?? asked(session, { what: 'Client secret', isHidden: true });
}

interface Question {
  what: string;
  proposal?: string;
  isHidden?: boolean;
}

async function asked({ terminal, signal }: Session, { what, proposal, isHidden = false }: Question): Promise<string> {
  const { stdin, stderr } = terminal;
  if (!stdin.isTTY) {
    throw new UsageError(`${what} is missing. Without a terminal, --url, --client-id and --secret-stdin are required.`);
  }
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: isHidden ? nowhere : stderr, terminal: isHidden });
  // Written after the terminal is in raw mode. Otherwise input that is pasted at once would be visible.
  stderr.write(proposal === undefined ? `${what}: ` : `${what} [${proposal}]: `);
  // Raw mode hides the input, and delivers ctrl-C as a character.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = once(lines, 'close').then(() => undefined);
  try {
    const answer = await Promise.race([lines.question('', { signal }), ended]);
    // End of the input, for example by ctrl-D.
    if (answer === undefined) throw new AbortError('end of input');
    return answer.trim() || (proposal ?? '');
  } catch (error) {
    throw signal.aborted ? new AbortError(signal.reason) : error;
  } finally {
    lines.close();
    if (isHidden) stderr.write('\n');
  }
}

async function logout({ terminal, globals, out }: Session): Promise<void> {
  const { current, profiles } = readProfiles(terminal.env);
  const name = globals.profile ?? current;
  if (!profiles[name]) throw new UsageError(`Profile ${name} does not exist`);
  const { [name]: _forgotten, ...rest } = profiles;
  const next = name === current ? (Object.keys(rest)[0] ?? 'default') : current;
  writeProfiles(terminal.env, { current: next, profiles: rest });
  out.note(`Removed profile: ${name}`);
}

async function use({ terminal, out }: Session, _options: object, name = ''): Promise<void> {
  const { profiles } = readProfiles(terminal.env);
  if (!profiles[name]) throw new UsageError(`Profile ${name} does not exist. See \`redcloud profiles\`.`);
  writeProfiles(terminal.env, { current: name, profiles });
  out.note(`Selected profile: ${name}`);
}

async function list({ terminal, out }: Session): Promise<void> {
  const { current, profiles } = readProfiles(terminal.env);
  const items = Object.entries(profiles).map(([profile, { url, clientId }]) => {
    return { profile, url, clientId, isCurrent: profile === current };
  });
  const columns = [
    { title: '', of: ({ isCurrent }: (typeof items)[0]) => (isCurrent ? '*' : ' ') },
    { title: 'PROFILE', of: ({ profile }: (typeof items)[0]) => profile },
    { title: 'URL', of: ({ url }: (typeof items)[0]) => url },
    { title: 'CLIENT', of: ({ clientId }: (typeof items)[0]) => clientId },
  ];
  out.list(items, columns, 'No profiles. Create one with `redcloud login`.');
}
