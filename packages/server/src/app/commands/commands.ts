/** A command of `redcloud-server`. */
export interface Command {
  /** Help text of the command. */
  usage: string;
  /** @returns exit status, or undefined if the process continues. @throws UsageError for wrong arguments. */
  run(options: readonly string[]): Promise<number | undefined>;
}

interface Entry {
  summary: string;
  /** Loads the command. Other commands start faster without its modules. */
  load(): Promise<Command>;
}

export const DEFAULT_COMMAND = 'start';

export const COMMANDS: Readonly<Record<string, Entry>> = {
  start: { summary: 'start the server (also without a command)', load: () => import('./start.ts') },
  check: { summary: 'validate all settings and the file of RC_CARRIERS', load: () => import('./check.ts') },
  migrate: { summary: 'apply pending migrations of the database', load: () => import('./migrate.ts') },
  doctor: {
    summary: 'examine the machine, the database, the storage and the carriers',
    load: () => import('./doctor.ts'),
  },
  backup: { summary: 'write database, media, key and carriers to a directory', load: () => import('./backup.ts') },
  restore: { summary: 'restore a backup, with sending on hold', load: () => import('./restore.ts') },
  hold: { summary: 'hold sending after a restore with other tools', load: () => import('./hold.ts') },
  release: { summary: 'submit messages again after a restore', load: () => import('./release.ts') },
  'check-carrier': {
    summary: 'check the credentials, the callback URL and the signatures of carriers',
    load: () => import('./check-carrier.ts'),
  },
};

const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(16)}  ${summary}\n`);

/** Help text of the program. */
export const USAGE = `Usage: redcloud-server [command] [options]

${lines.join('')}  --help            print this text, or with a command its options
  --version         print the version

Settings are environment variables. The most important ones:

  HOST, PORT        address to listen on. Default: 127.0.0.1 and 3000
  DATABASE_URL      PostgreSQL. Default: an embedded store in RC_DATA_DIR (./data)
  RC_SECRET_KEY     32 bytes in base64, required with DATABASE_URL
  RC_ADMIN_TOKEN    token of operators, at least 16 characters
  RC_CARRIERS       JSON file of carriers. Default: the simulator
  RC_PUBLIC_URL     address of this server as seen by carriers
  RC_MEDIA          storage of media: file:PATH or s3://bucket/prefix
  RC_ROLES          roles of this process: api,outbound,webhooks
  RC_LOG_FORMAT     json or text. Default: text on a terminal
`;
