import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

/** Directory in which `.ci/run` installs the packages that are too large for the lock file. */
const PEERS = process.env['PEERS'] ?? join(tmpdir(), 'redcloud-peers');
const MODULES = join(PEERS, 'node_modules');
const PRISM = join(MODULES, '@stoplight/prism-cli/dist/index.js');
const TWILIO = join(MODULES, '@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json');

/** Reason why no Prism can run, or undefined. */
export const withoutPrism =
  existsSync(PRISM) && existsSync(TWILIO) ? undefined : `no @stoplight/prism-cli and @twilio/cli-core in ${PEERS}`;

/** Part of an OpenAPI description that the tests change. */
interface Description {
  servers?: unknown;
  paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  responses?: object;
  requestBody?: { content: Record<string, { encoding?: Record<string, unknown> }> };
}

/** Description of Twilio, reduced to messages and the account. */
export function twilioDescription(): Description {
  const whole: Description = JSON.parse(readFileSync(TWILIO, 'utf8'));
  const messages = '/2010-04-01/Accounts/{AccountSid}/Messages.json';
  const form = whole.paths[messages]?.['post']?.requestBody?.content['application/x-www-form-urlencoded'];
  if (!form) throw new Error(`${TWILIO} does not describe a form for ${messages}`);
  // Twilio takes repeated fields. The description lacks this, and Prism would expect one field with commas.
  form.encoding = { ...form.encoding, MediaUrl: { style: 'form', explode: true } };
  return { ...whole, paths: pick(whole.paths, [messages, '/2010-04-01/Accounts/{Sid}.json']) };
}

/** Description of Bandwidth, reduced to messages. Prism serves the paths without that of the server. */
export function bandwidthDescription(): Description {
  const file = createRequire(import.meta.url).resolve('bandwidth-sdk/package.json');
  const whole: Description = parse(readFileSync(join(file, '../bandwidth.yml'), 'utf8'), { maxAliasCount: -1 });
  const messages = '/users/{accountId}/messages';
  return { ...whole, paths: { [`/api/v2${messages}`]: pick(whole.paths, [messages])[messages] ?? {} } };
}

function pick<T>(all: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    names.map((name) => {
      const found = all[name];
      if (found === undefined) throw new Error(`The description has no path ${name}`);
      return [name, found];
    }),
  );
}

/** Prism, a mock server that validates requests against the description of a vendor. */
export async function startPrism(description: Description): Promise<{ url: string; stop(): Promise<void> }> {
  const file = join(tmpdir(), `redcloud-prism-${process.pid}-${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify(description));
  const args = ['mock', '--host', '127.0.0.1', '--port', '0', '--multiprocess', 'false', file];
  const child = spawn(process.execPath, [PRISM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const found = /Prism is listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.on('close', () => reject(new Error(`Prism ended before it listened: ${output}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await closed;
      rmSync(file, { force: true });
    },
  };
}
