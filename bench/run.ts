/**
 * `npm run bench`: what one machine does, as rates and as ratios against bare parts of the same run.
 * Loads loopback only, for a bounded time. `-- accept` or `-- lifecycle` runs one part; `-- rounds=3` repeats.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';

const TOKEN = 'rc_token_example';
const ADMIN_TOKEN = 'bench-operator-token';
const CONNECTIONS = 64;
const SECONDS = 8;
const LIFECYCLE_SECONDS = 20;

interface Child {
  process: ChildProcess;
  told: Record<string, string>;
  end(): Promise<void>;
}

async function child(file: string, env: Record<string, string> = {}, args: string[] = []): Promise<Child> {
  const process_ = fork(new URL(file, import.meta.url), args, { env: { ...process.env, ...env }, stdio: 'inherit' });
  const [told] = await once(process_, 'message');
  return {
    process: process_,
    told,
    async end() {
      const exited = once(process_, 'exit');
      process_.kill('SIGTERM');
      await exited;
    },
  };
}

async function withRedCloud<T>(env: Record<string, string>, work: (url: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-bench-'));
  const settings = { PORT: '0', RC_DATA_DIR: directory, RC_SANDBOX: 'true', RC_ADMIN_TOKEN: ADMIN_TOKEN };
  const server = await child('./server.ts', { ...settings, ...env });
  try {
    return await work(server.told['url'] as string);
  } finally {
    await server.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

let sent = 0;

function load(url: string, options: Partial<autocannon.Options> = {}): Promise<autocannon.Result> {
  return autocannon({
    url: `${url}/api/core/messages/send`,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: 'POST',
    ...options,
    requests: [
      {
        setupRequest(request) {
          sent += 1;
          const body = JSON.stringify({
            sendFrom: 'num_abc123',
            to: [`+1555${String(1_000_000 + (sent % 8_999_999))}`],
            messageType: 'SMS',
            text: 'Hello from Red Cloud',
            externalReference: `order_${sent}`,
          });
          request.headers = {
            authorization: `Bearer ${TOKEN}`,
            'content-type': 'application/json',
            'idempotency-key': `bench-${process.pid}-${sent}`,
          };
          request.body = body;
          return request;
        },
      },
    ],
  });
}

const perSecond = (result: autocannon.Result) => result['2xx'] / result.duration;

async function bareRate(): Promise<number> {
  const bare = await child('./bare.ts');
  try {
    await load(bare.told['url'] as string, { duration: 2 });
    return perSecond(await load(bare.told['url'] as string));
  } finally {
    await bare.end();
  }
}

async function accept(): Promise<void> {
  const bare = await bareRate();
  // Only the door runs: what is accepted waits in the queue.
  const result = await withRedCloud({ BENCH_ROLES: 'api' }, async (url) => {
    await load(url, { duration: 2 });
    return load(url);
  });
  const rate = perSecond(result);
  print('bare Fastify', `${Math.round(bare)}/s`);
  print('accept', `${Math.round(rate)}/s`, `${((100 * rate) / bare).toFixed(1)} % of bare Fastify`);
  print('accept latency', `p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms`, `non-2xx ${result.non2xx}`);
}

async function sendWebhooksTo(url: string, deliveryWebhookUrl: string): Promise<void> {
  const response = await fetch(`${url}/api/admin/clients/rc_test_client_123`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ deliveryWebhookUrl }),
  });
  if (!response.ok) throw new Error(`the webhook URL could not be set: ${response.status}`);
}

/** Sends at a rate that the machine can only just hold, and counts what has come out at the end. */
async function lifecycle(rate: number): Promise<void> {
  const receiver = await child('./receiver.ts');
  try {
    await withRedCloud({}, async (url) => {
      await sendWebhooksTo(url, `http://127.0.0.1:${receiver.told['port']}/hook`);
      const startedAt = performance.now();
      const result = await load(url, { duration: LIFECYCLE_SECONDS, overallRate: rate });
      const sentPerSecond = perSecond(result);
      let counts: Record<string, number> = {};
      for (let waited = 0; waited < 120; waited += 1) {
        receiver.process.send('counts');
        const [answer] = await once(receiver.process, 'message');
        counts = answer.counts;
        if ((counts['message.delivery'] ?? 0) >= result['2xx']) break;
        await delay(250);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const delivered = counts['message.delivery'] ?? 0;
      print('lifecycle, sent', `${Math.round(sentPerSecond)}/s for ${LIFECYCLE_SECONDS} s`);
      print(
        'lifecycle, whole',
        `${Math.round(delivered / seconds)} messages/s`,
        `${delivered} of ${result['2xx']} delivered`,
      );
      print(
        'webhooks',
        Object.entries(counts)
          .map(([type, n]) => `${type} ${n}`)
          .join(', '),
      );
    });
  } finally {
    await receiver.end();
  }
}

function print(name: string, ...figures: string[]): void {
  process.stdout.write(`${name.padEnd(20)} ${figures.join('   ')}\n`);
}

const args = process.argv.slice(2);
const option = (name: string, fallback: number) =>
  Number(args.find((arg) => arg.startsWith(`${name}=`))?.split('=')[1] ?? fallback);
const wants = (part: string) => args.includes(part) || !args.some((arg) => !arg.includes('='));

print(
  'machine',
  `${cpus().length} × ${cpus()[0]?.model}`,
  `${Math.round(totalmem() / 2 ** 30)} GiB`,
  `Node ${process.versions.node}`,
);
print('store', process.env['DATABASE_URL'] ? 'PostgreSQL' : 'embedded');
for (let round = 0; round < option('rounds', 1); round += 1) {
  if (wants('accept')) await accept();
  if (wants('lifecycle')) await lifecycle(option('rate', 1000));
}
