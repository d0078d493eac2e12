/**
 * `npm run smpp:probe -- --carriers carriers.json [--name acme] [--to +1555… --from +1555… --text …] [--seconds 60]`:
 * binds to a carrier, reports its findings, and unbinds. With `--to`, sends one message and waits for its receipt. Use
 * the number of your own handset.
 */
import { parseArgs } from 'node:util';
import {
  isLatin1,
  isReceipt,
  numberOf,
  type Pdu,
  readReceipt,
  receiptText,
  Session,
  type SessionEnd,
  STATUS,
  statusName,
  stringOf,
  withoutQuotation,
} from '@redcloud/smpp';
import type { SmppCarrier } from '../packages/server/src/carriers/registry.ts';
import { readCarriers } from '../packages/server/src/carriers/settings.ts';
import { submitSm } from '../packages/server/src/carriers/smpp/submit.ts';
import { segment } from '../packages/server/src/messages/request/segments.ts';
import { readCarriersText, secretSources } from '../packages/server/src/platform/carriers-file.ts';

const { values } = parseArgs({
  options: {
    carriers: { type: 'string' },
    name: { type: 'string' },
    to: { type: 'string' },
    from: { type: 'string', default: '+15551234567' },
    text: { type: 'string', default: 'Red Cloud probe: @£$_{}[]~^|€ é ñ' },
    seconds: { type: 'string', default: '60' },
  },
});

const say = (text: string) => process.stdout.write(`${text}\n`);

function chosen(): SmppCarrier {
  const file = values.carriers ?? process.env['RC_CARRIERS'];
  if (!file) throw new Error('Carrier is missing. Set --carriers carriers.json [--name acme].');
  const { carriers, default: usual } = readCarriers(readCarriersText(file), secretSources(process.env));
  const found = carriers.find(({ name }) => name === (values.name ?? usual));
  if (!found) throw new Error(`Carrier ${values.name} is not in ${file}`);
  if (found.type !== 'smpp') throw new Error(`Carrier ${found.name} is of type ${found.type}, not smpp`);
  return found;
}

function chosenOrEnd(): SmppCarrier {
  try {
    return chosen();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

const settings = chosenOrEnd();
const got = Promise.withResolvers<void>();
const ended = Promise.withResolvers<SessionEnd>();
const bound = Promise.withResolvers<Pdu>();

function tell(pdu: Pdu): void {
  const text = receiptText(pdu, settings);
  const receipt = isReceipt(pdu) ? readReceipt(pdu, text) : undefined;
  if (receipt) {
    say(
      `receipt        id ${receipt.id}, ${receipt.status} → ${receipt.state}${receipt.errorCode ? `, error ${receipt.errorCode}` : ''}`,
    );
    say(
      `               read from ${pdu['receipted_message_id'] === undefined ? 'the text' : 'optional parameters'}: ${withoutQuotation(text)}`,
    );
    if (receipt.state !== 'PENDING') got.resolve();
  } else
    say(
      `${isReceipt(pdu) ? 'unreadable receipt' : 'message      '}  from ${stringOf(pdu, 'source_addr')} to ${stringOf(pdu, 'destination_addr')}, data_coding ${numberOf(pdu, 'data_coding')}`,
    );
}

const startedAt = performance.now();
const since = (at: number) => `${Math.round(performance.now() - at)} ms`;
say(`${settings.name}: ${settings.host}:${settings.port}, TLS ${settings.tls ? 'on' : 'off'}, as ${settings.systemId}`);
const session = new Session({
  peer: settings,
  role: 'transceiver',
  responseTimeoutMs: settings.responseSeconds * 1_000,
  enquireLinkMs: settings.enquireLinkSeconds * 1_000,
  onBound: bound.resolve,
  async onDeliver(pdu) {
    tell(pdu);
    return STATUS.ROK;
  },
  onLate: () => say('late response  received after responseSeconds'),
  onRoom: () => undefined,
  onEnd: ended.resolve,
});

const first = await Promise.race([bound.promise, ended.promise]);
if (!('command' in first)) {
  say(`not bound      ${first.reason}${first.misconfigured ? ' (permanent: correct the settings)' : ''}`);
  process.exit(1);
}
say(
  `bound          after ${since(startedAt)}; system id "${stringOf(first, 'system_id')}", interface version ${version(first)}`,
);

for (let i = 0; i < 3; i += 1) {
  const at = performance.now();
  const answer = await session.request('enquire_link', {});
  say(`enquire_link   ${answer.kind === 'answered' ? since(at) : answer.kind}`);
}
if (values.to) await sendOne(values.to);
await session.unbind();
say('unbound');
process.exit();

async function sendOne(to: string): Promise<void> {
  const { encoding, segments } = segment(values.text);
  if (segments.length > 1) throw new Error('The text is longer than one segment');
  const { from, text } = values;
  const submission = {
    reference: 'msg_PROBE/1',
    from,
    to,
    messageType: 'SMS',
    text,
    encoding,
    latin1: isLatin1(text),
    campaignId: null,
    segments: 1,
  } as const;
  const pdu = submitSm({ ...submission, media: null, part: 1, parts: 1 }, settings);
  if ('refused' in pdu) throw new Error(pdu.refused);
  const at = performance.now();
  const answer = await session.request('submit_sm', pdu.fields, undefined, pdu.tlvs);
  if (answer.kind !== 'answered') {
    say(`submit_sm      ${answer.kind} after ${since(at)}`);
    return;
  }
  const { command_status: status } = answer.response;
  say(
    `submit_sm      ${statusName(status)} after ${since(at)}, id ${stringOf(answer.response, 'message_id') || 'none'}`,
  );
  if (status !== STATUS.ROK) return;
  const patience = setTimeout(() => {
    say(`no receipt     within ${values.seconds} s`);
    got.resolve();
  }, Number(values.seconds) * 1_000);
  await Promise.race([got.promise, ended.promise]);
  clearTimeout(patience);
}

function version(pdu: Pdu): string {
  const value = numberOf(pdu, 'sc_interface_version');
  return value === undefined ? 'not reported' : `0x${value.toString(16)}`;
}
