// Runs `redcloud-server` on the store and with the settings of the service: the variables of redcloud.env, and the user
// and the data directory of the unit (deploy/redcloud@.service). The unit starts the server without this program.
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseEnvironmentFile } from './environment-file.mjs';

const SETTINGS = '/etc/redcloud/redcloud.env';
const USER = 'redcloud';
const DATA = '/var/lib/redcloud';
const PROGRAM = fileURLToPath(new URL('../packages/server/bin/redcloud.mjs', import.meta.url));
const EX_NOPERM = 77;
const EX_CONFIG = 78;

function stop(status, message) {
  process.stderr.write(`redcloud-server: ${message}\n`);
  process.exit(status);
}

/** Variables of redcloud.env. A missing file sets none. */
function settings() {
  let text;
  try {
    text = readFileSync(SETTINGS, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    if (error.code !== 'EACCES') stop(EX_CONFIG, `${SETTINGS} cannot be read (${error.message}).`);
    const { username } = userInfo();
    const fix = username === USER ? `, or give the file the group ${USER} and mode 640.` : ` or as the user ${USER}.`;
    stop(EX_NOPERM, `The user ${username} may not read ${SETTINGS}. Run the command as root${fix}`);
  }
  const { variables, ignored } = parseEnvironmentFile(text);
  for (const line of ignored) {
    process.stderr.write(`warning: Line ${line} of ${SETTINGS} is not NAME=VALUE. systemd ignores it as well.\n`);
  }
  return variables;
}

/** Changes from root to the user of the service. Its files of the store must not belong to root. */
function becomeUser() {
  try {
    process.initgroups(USER, USER);
    process.setgid(USER);
    process.setuid(USER);
  } catch (error) {
    stop(EX_CONFIG, `The command cannot run as the user ${USER} (${error.message}). Create the user.`);
  }
}

/** Replaces this process, so that signals and the exit status are those of the program. */
function execute(args, env) {
  process.execve(process.execPath, [process.execPath, '--max-semi-space-size=32', PROGRAM, ...args], env);
}

const args = process.argv.slice(2);
if (!process.execve) stop(EX_CONFIG, `Node ${process.versions.node} is too old. Use Node 24.`);
// These commands need neither settings nor rights.
if (/^(--)?(help|version)$/.test(args[0]) || args.includes('--help')) execute(args, process.env);

const env = { ...settings(), ...process.env };
env.RC_DATA_DIR ||= DATA;
process.umask(0o077);
if (process.getuid() === 0) {
  becomeUser();
  // As set by systemd. Libraries of PostgreSQL look for files in HOME, and fail if they may not read it.
  Object.assign(env, { HOME: DATA, USER, LOGNAME: USER });
}
execute(args, env);
