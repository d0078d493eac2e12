import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { KIND } from '#smsc/behaviour.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const OURS = '15551234567';
/** Destination for which the SMSC simulator sends no receipt. */
const WITHOUT_RECEIPT = '+15550000003';
const SUBMIT_SM_RESP = 0x80000004;
const DELIVER_SM = 0x05;

let directory: string;
let smsc: SmscSimulator;
let redcloud: TestRedCloud;
let receiver: Receiver;
let handsets = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-octets-'));
  smsc = await SmscSimulator.start({ behaviour: { pace: 0.1, alter: withZero } });
  const file = join(directory, 'carriers.json');
  const carrier = { name: 'acme', type: 'smpp', host: '127.0.0.1', port: smsc.port, systemId: 'us', password: 'x' };
  writeFileSync(file, JSON.stringify({ carriers: [carrier] }));
  redcloud = await startRedCloud({ env: { RC_CARRIERS: file }, overrides: { clock: systemClock } });
  receiver = await withReceiver(redcloud);
});
beforeEach(() => {
  smsc.behaviour = { ...KIND, pace: 0.1 };
  smsc.submits = 0;
});
afterAll(async () => {
  await redcloud.stop();
  await receiver.stop();
  await smsc.stop();
  rmSync(directory, { recursive: true, force: true });
});

function withBody(pdu: Buffer, body: Buffer, status = pdu.readUInt32BE(8)): Buffer {
  const whole = Buffer.concat([pdu.subarray(0, 16), body]);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(status, 8);
  return whole;
}

/** Appends one zero octet to a PDU. */
function withZero(pdu: Buffer): Buffer {
  return withBody(pdu, Buffer.concat([pdu.subarray(16), Buffer.of(0)]));
}

const onSubmitResponse = (change: (pdu: Buffer) => Buffer) => (pdu: Buffer) =>
  pdu.readUInt32BE(4) === SUBMIT_SM_RESP ? change(pdu) : pdu;

function newHandset(): string {
  handsets += 1;
  return `1555300${String(handsets).padStart(4, '0')}`;
}

const types = (id: string) => receiver.typesOf(id);
const ended = (id: string) => receiver.until(() => /delivery|failed/.test(types(id).at(-1) ?? ''));

/** Resolves with the text of the message from this handset. */
async function textFrom(handset: string): Promise<string | undefined> {
  const isFrom = ({ body }: { body: { type: string; from?: string } }) =>
    body.type === 'message.inbound' && body.from === `+${handset}`;
  const deliveries = await receiver.until((all) => all.some(isFrom));
  return deliveries.find(isFrom)?.body.text;
}

test('A message whose PDUs all have an extra octet is submitted once and delivered.', async () => {
  smsc.behaviour.alter = withZero;
  const text = 'x'.repeat(200);
  const id = await sendTo(redcloud, '+15557654321', { text, deliveryGuarantee: 'AT_LEAST_ONCE' });
  await ended(id);
  expect(types(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  expect(smsc.submits).toBe(2);
});

test('A STOP with an extra octet opts its sender out.', async () => {
  smsc.behaviour.alter = withZero;
  const handset = newHandset();
  await smsc.write(`+${handset}`, `+${OURS}`, 'STOP');
  expect(await textFrom(handset)).toBe('STOP');
  const refused = await redcloud.send('after the stop', { to: [`+${handset}`] });
  expect(refused.json.errors).toMatchObject([{ error: { code: 'RECIPIENT_OPTED_OUT' } }]);
});

test('A rejection with only an optional parameter as body fails the message with the carrier status.', async () => {
  const parameter = Buffer.from('042300030300ff', 'hex');
  smsc.behaviour.alter = onSubmitResponse((pdu) => withBody(pdu, parameter, 0x0b));
  const id = await sendTo(redcloud, '+15550000001');
  await ended(id);
  const failed = receiver.deliveries.find(({ body }) => body.messageId === id && body.type === 'message.failed');
  expect(failed?.body.error).toMatchObject({
    code: 'INVALID_NUMBER',
    details: { carrierCode: 'ESME_RINVDSTADR' },
  });
});

test('A throttled response with only an optional parameter as body leads to another submit.', async () => {
  let answers = 0;
  smsc.behaviour.alter = onSubmitResponse((pdu) => {
    answers += 1;
    return answers === 1 ? withBody(pdu, Buffer.from('042300030300ff', 'hex'), 0x58) : pdu;
  });
  const id = await sendTo(redcloud, '+15557654322');
  await ended(id);
  expect(types(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  expect(smsc.submits).toBe(2);
});

test.each<[string, number, (text: string) => Buffer]>([
  ['UCS-2', 8, (text) => Buffer.from(text, 'utf16le').swap16()],
  ['GSM-7', 0, (text) => Buffer.from(text.replaceAll('_', '\x11').replaceAll('@', '\0'), 'latin1')],
  ['ASCII marked as UCS-2', 8, (text) => Buffer.from(text, 'latin1')],
  ['ASCII as the default alphabet', 0, (text) => Buffer.from(text, 'latin1')],
])(
  'A receipt in %s delivers the message whose id has an underscore and an at sign.',
  async (_, dataCoding, encoded) => {
    const ref = `smsc_${handsets}@${dataCoding}`;
    handsets += 1;
    smsc.behaviour.alter = onSubmitResponse((pdu) => withBody(pdu, Buffer.from(`${ref}\0`)));
    const id = await sendTo(redcloud, WITHOUT_RECEIPT);
    await receiver.until(() => types(id).includes('message.sent'));
    const text = `id:${ref} sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:x`;
    await smsc.deliver({ esm_class: 4, data_coding: dataCoding, message_payload: encoded(text) });
    await ended(id);
    expect(types(id).at(-1)).toBe('message.delivery');
  },
);

test.each<[string, number, number[], string[], string]>([
  ['an escape sequence', 0, [2, 1], ['411b', '6542'], 'A€B'],
  ['an escape sequence of a national language', 0, [1, 2], ['2f1b', '1c'], 'न०'],
  ['a surrogate pair in little-endian UCS-2', 8, [2, 1], ['fffe36043dd8', '00de'], 'ж😀'],
  ['a character of Shift_JIS', 5, [2, 1], ['834a95', '5c8ea6'], 'カ表示'],
  ['a character of KS C 5601', 14, [1, 2], ['bec8b3', 'e7'], '안녕'],
])(
  'A message that is split within %s is joined before it is decoded.',
  async (name, dataCoding, order, octets, text) => {
    const handset = newHandset();
    const language = name.includes('national') ? '240106250106' : '';
    for (const part of order) {
      const header = Buffer.from(`000307020${part}${language}`, 'hex');
      await smsc.deliver({
        ...{ source_addr_ton: 1, source_addr: handset, dest_addr_ton: 1, destination_addr: OURS },
        ...{ esm_class: 0x40, data_coding: dataCoding },
        short_message: Buffer.concat([
          Buffer.of(header.length),
          header,
          Buffer.from(octets[part - 1] as string, 'hex'),
        ]),
      });
    }
    expect(await textFrom(handset)).toBe(text);
  },
);

test('A truncated message is rejected, and accepted when it is repeated completely.', async () => {
  const handset = newHandset();
  let cut = 0;
  smsc.behaviour.alter = (pdu) => {
    if (pdu.readUInt32BE(4) !== DELIVER_SM || cut === 2) return pdu;
    cut += 1;
    return withBody(pdu, pdu.subarray(16, -cut));
  };
  await smsc.deliver({
    ...{ source_addr_ton: 1, source_addr: handset, dest_addr_ton: 1, destination_addr: OURS },
    message_payload: Buffer.from('all of it'),
  });
  expect([cut, await textFrom(handset)]).toEqual([2, 'all of it']);
});
