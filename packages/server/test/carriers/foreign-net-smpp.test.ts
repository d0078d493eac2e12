// @module-tag slow
import { expect, test } from 'vitest';
import { Smpp } from '#carriers/smpp/smpp.ts';
import {
  ESME_ROK,
  exchange,
  foreignCarrier,
  HANDSET,
  HAS_NET_SMPP,
  hex,
  LONG,
  NO_NET_SMPP,
  OURS,
  said,
  settingsOf,
} from './foreign.ts';
import { describeIf } from './program.ts';

const REPLYING = '+15550000009';

const { begin, stop, startPerlCentre, everything, program } = foreignCarrier();

describeIf(HAS_NET_SMPP, NO_NET_SMPP, "SMSC on Perl's Net::SMPP", () => {
  test('Binds, submits, receipts, inbound messages and unbind work.', async () => {
    const port = await startPerlCentre();
    const { redcloud: sender, receiver: hook } = await begin(port, { enquireLinkSeconds: 0.2 });
    expect(everything('bind')).toEqual([
      { event: 'bind', as: 'bind_transceiver', system_id: 'redcloud', version: 0x34 },
    ]);

    const { gsm7, ucs2, long, answered, failed } = await exchange(sender, hook);
    for (const id of [gsm7, ucs2, long, answered]) {
      expect(hook.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    }
    expect(hook.typesOf(failed)).toEqual(['message.queued', 'message.sent', 'message.failed']);
    const failure = hook.deliveries.find(({ body }) => body.type === 'message.failed');
    expect(failure?.body).toMatchObject({
      error: { code: 'UNDELIVERABLE', details: { carrierStatus: 'UNDELIV', carrierCode: '027' } },
    });
    const inbound = hook.deliveries.filter(({ body }) => body.type === 'message.inbound');
    expect(inbound.map(({ body }) => body)).toMatchObject([{ from: REPLYING, to: OURS, text: 'Café for 2 €' }]);

    await program()?.until((line) => said(line).event === 'enquire_link');
    await stop();
    await program()?.until((line) => said(line).event === 'closed');
    // Before the unbind, every request of the simulator got a response: seven receipts, one message and one
    // enquire_link.
    expect(everything('deliver_sm_resp').map(({ status }) => status)).toEqual(Array(8).fill(ESME_ROK));
    expect(everything('enquire_link_resp')).toEqual([{ event: 'enquire_link_resp', status: ESME_ROK }]);
    expect(everything('closed')).toEqual([{ event: 'closed', why: 'unbound' }]);
    expect(everything('unknown')).toEqual([]);
    expect(await program()?.end()).toBe(0);
  });

  test('Texts and addresses are encoded as in the specifications.', async () => {
    const port = await startPerlCentre();
    const { redcloud: sender, receiver: hook } = await begin(port);
    await exchange(sender, hook);
    const submits = everything('submit');
    expect(submits).toHaveLength(7);
    for (const submit of submits) {
      expect(submit).toMatchObject({
        source_addr: OURS.slice(1),
        source_addr_ton: 1,
        source_addr_npi: 1,
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        registered_delivery: 1,
        validity_period: '',
      });
    }
    const [gsm7, ucs2, ...parts] = submits.filter(({ destination_addr }) => destination_addr === HANDSET.slice(1));
    // TS 23.038: é is 0x05, € is 0x65 behind the escape.
    expect(gsm7).toMatchObject({ data_coding: 0, esm_class: 0, data: hex('Caf\x05 for 2 \x1be') });
    expect(ucs2).toMatchObject({ data_coding: 8, esm_class: 0, data: '041f04400438043204350442' + '0020d83ddc4b' });
    expect(parts.map(({ esm_class, data_coding }) => [esm_class, data_coding])).toEqual(Array(3).fill([0x40, 0]));
    const bytes = parts.map(({ data }) => Buffer.from(data as string, 'hex'));
    const group = bytes[0]?.[3] as number;
    expect(bytes.map((one) => one.subarray(0, 6))).toEqual([1, 2, 3].map((n) => Buffer.of(5, 0, 3, group, 3, n)));
    expect(bytes.every(({ length }) => length <= 6 + 153)).toBe(true);
    const joined = Buffer.concat(bytes.map((one) => one.subarray(6))).toString('latin1');
    expect(joined.replaceAll('\x05', 'é').replaceAll('\x1be', '€')).toBe(LONG);
  });

  test('A rejected password sets the state of the link to misconfigured.', async () => {
    const port = await startPerlCentre('another');
    const smpp = new Smpp({ settings: settingsOf(port) });
    await smpp.start({ onReport: async () => null, onInbound: async () => undefined });
    expect(smpp.state()).toBe('misconfigured');
    await smpp.stop();
  });
});
