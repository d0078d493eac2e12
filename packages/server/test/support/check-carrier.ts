import { execFile } from 'node:child_process';
import { checkCarrier } from '#app/commands/check-carrier.ts';

const BIN = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;

export interface Checked {
  status: number;
  stdout: string;
  stderr: string;
}

type Env = Record<string, string>;

/** Runs `redcloud-server check-carrier` as a process. */
export function runCheck(args: readonly string[], env: Env): Promise<Checked> {
  return runCommand(['check-carrier', ...args], env);
}

/** Runs `redcloud-server` with a command that ends by itself. */
export function runCommand(args: readonly string[], env: Env): Promise<Checked> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
    execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Runs the command in this process. @returns its status, and state and explanation of each check by subject. */
export async function check(args: readonly string[], env: Env) {
  let output = '';
  const print = (text: string) => {
    output += text;
  };
  const status = await checkCarrier([...args, '--json'], print, env);
  const { checks } = JSON.parse(output) as { checks: { subject: string; state: string; explanation: string }[] };
  const found: Record<string, string> = {};
  for (const { subject, state, explanation } of checks) found[subject] = `${state}: ${explanation}`;
  return { status, found, output };
}
