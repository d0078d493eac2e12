import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { IdSpelling } from './behaviour.ts';
import { LIMITER_MODELS, type LimiterModel } from './limiter.ts';
import { SmscSimulator } from './simulator.ts';

const HELP = `redcloud-smsc: SMSC simulator for tests and demos (SMPP 3.4). No message leaves the simulator.

  --port 2775 --host 127.0.0.1      address to listen on
  --system-id … --password …        credentials that a bind needs. Default: any
  --tls-key file --tls-cert file    PEM files. With them, only TLS is accepted
  --latency 0                       milliseconds before each response
  --throttle-every 0                throttle every nth submit
  --throttle-share 0                throttle this share of the submits at random, 0 to 1
  --allowed-per-second 0            throttle submits above this rate
  --limiter window --burst 0        model of that limit: window, log, strict-log, bucket (of --burst submits)
  --cut-every 0 --withheld 0        cut the session at every nth submit, with no response to the last ones
  --answer-ids decimal --receipt-ids decimal    format of ids: decimal, decimal10, decimal24, hex, HEX, hex8
  --ids-of segment --receipts-of segment        segment, or message: one for all segments of a long message
  --garbage-every 0                 send garbage after every nth response
  --quiet                           do not print each accepted segment

The destination selects the outcome of a segment: docs/sandbox.md.
`;

/** Runs the command `redcloud-smsc` until SIGINT or SIGTERM. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '2775' },
      'system-id': { type: 'string' },
      password: { type: 'string' },
      'tls-key': { type: 'string' },
      'tls-cert': { type: 'string' },
      latency: { type: 'string', default: '0' },
      'throttle-every': { type: 'string', default: '0' },
      'throttle-share': { type: 'string', default: '0' },
      'allowed-per-second': { type: 'string', default: '0' },
      limiter: { type: 'string', default: 'window' },
      burst: { type: 'string', default: '0' },
      'cut-every': { type: 'string', default: '0' },
      withheld: { type: 'string', default: '0' },
      'answer-ids': { type: 'string', default: 'decimal' },
      'receipt-ids': { type: 'string', default: 'decimal' },
      'ids-of': { type: 'string', default: 'segment' },
      'receipts-of': { type: 'string', default: 'segment' },
      'garbage-every': { type: 'string', default: '0' },
      quiet: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { 'system-id': systemId, password, 'tls-key': key, 'tls-cert': cert } = values;
  if ((key === undefined) !== (cert === undefined)) throw new Error('Set --tls-key and --tls-cert together.');
  const smsc = await SmscSimulator.start({
    host: values.host,
    port: Number(values.port),
    ...(systemId === undefined ? {} : { systemId }),
    ...(password === undefined ? {} : { password }),
    ...(key && cert ? { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } } : {}),
    behaviour: {
      latencyMs: Number(values.latency),
      throttleEvery: Number(values['throttle-every']),
      throttleShare: Number(values['throttle-share']),
      allowedPerSecond: Number(values['allowed-per-second']),
      limiter: limiterOf(values.limiter),
      burst: Number(values.burst),
      cutEvery: Number(values['cut-every']),
      withheld: Number(values.withheld),
      answerIds: values['answer-ids'] as IdSpelling,
      receiptIds: values['receipt-ids'] as IdSpelling,
      idsOf: values['ids-of'] === 'message' ? 'message' : 'segment',
      receiptsOf: values['receipts-of'] === 'message' ? 'message' : 'segment',
      garbageEvery: Number(values['garbage-every']),
    },
    ...(values.quiet
      ? {}
      : {
          onTaken: ({ id, from, to, part }) =>
            process.stdout.write(`${id} ${from} → ${to}${part ? ` (${part.part} of ${part.parts})` : ''}\n`),
        }),
  });
  process.stdout.write(`SMSC simulator on ${values.host}:${smsc.port}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void smsc.stop());
}

function limiterOf(text: string): LimiterModel {
  const model = LIMITER_MODELS.find((one) => one === text);
  if (!model) throw new Error(`--limiter ${text} is unknown. Use one of ${LIMITER_MODELS.join(', ')}.`);
  return model;
}
