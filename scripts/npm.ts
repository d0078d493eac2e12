import { execFileSync } from 'node:child_process';

/** Runs npm. @returns its standard output. @throws if its exit status is not 0. */
export function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
    maxBuffer: 2 ** 28,
  });
}
