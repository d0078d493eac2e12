// @module-tag slow
import { expect, test } from 'vitest';
import { type Capture, HEADS } from './capture.ts';
import { CUT_SHORT, exchange, foreignCarrier, HAS_NET_SMPP, hex, NO_NET_SMPP, PASSWORD, said } from './foreign.ts';
import { describeIf, runs } from './program.ts';

const CAN_CAPTURE = runs('tshark', ['--version']) && runs('dumpcap', ['-D'], 'lo');
const NO_CAPTURE = 'needs tshark, and the right to capture on lo';
/** Campaign of the sandbox's number. */
const CAMPAIGN = 'camp_abc123';
/** Validity of a day, an hour, a minute and a second, in seconds. */
const VALIDITY = 90_061;

const { begin, stop, startPerlCentre, captured, startSmsc, program } = foreignCarrier();

describeIf(CAN_CAPTURE, NO_CAPTURE, "Wireshark's dissector", () => {
  const ours = (pdus: Awaited<ReturnType<Capture['pdus']>>) =>
    [...new Set(pdus.filter(({ ours }) => ours).map(({ command }) => command))].toSorted();
  const texts = (pdus: Awaited<ReturnType<Capture['pdus']>>, command: string) =>
    pdus.filter((pdu) => pdu.command === command).map(({ text }) => text);

  /** Stops Red Cloud, waits for the unbind of all sessions, and ends the capture. */
  async function finish(capture: Capture, sessions: number): Promise<void> {
    await stop();
    await capture.until(HEADS.unbind_resp, sessions);
    await capture.stop();
  }

  test('The dissector finds no errors with the SMSC simulator, and decodes the texts correctly.', async () => {
    const smsc = await startSmsc({ systemId: 'redcloud', password: PASSWORD, behaviour: { pace: 0.1 } });
    const capture = await captured(smsc.port);
    const { redcloud: sender, receiver: hook } = await begin(smsc.port, { enquireLinkSeconds: 0.2 });
    smsc.writeRaw(ENQUIRE_LINK);
    await exchange(sender, hook);
    await capture.until(HEADS.enquire_link, 2);
    await finish(capture, 1);
    expect(await capture.wrong()).toEqual([]);
    const pdus = await capture.pdus();
    expect(ours(pdus)).toEqual(WHAT_A_TRANSCEIVER_SENDS);
    expect(texts(pdus, 'submit_sm')).toEqual(expect.arrayContaining(['Café for 2 €', 'Never there']));
    // The dissector decodes UCS-2 by code unit. An emoji therefore becomes two invalid characters.
    expect(texts(pdus, 'submit_sm')).toContainEqual(expect.stringMatching(/^Привет ./));
    expect(texts(pdus, 'deliver_sm')).toContain('Thank you, got it.');
  });

  test.each([
    ['udh16', 'gsm_sms.udh.mm.msg_part', 'gsm_sms.udh.mm.msg_parts'],
    ['sar', 'smpp.sar_segment_seqnum', 'smpp.sar_total_segments'],
  ])('The dissector finds no errors with %s, two sessions and all parameters.', async (longMessages, part, parts) => {
    const smsc = await startSmsc({ behaviour: { pace: 0.1, throttleEvery: 5 } });
    const capture = await captured(smsc.port);
    const { redcloud: sender, receiver: hook } = await begin(smsc.port, {
      ...{ longMessages, bindMode: 'transmitter+receiver', preferLatin1: true, enquireLinkSeconds: 0.2 },
      ...{ systemType: 'VMA', addressRange: '^1555', serviceType: 'CMT', validitySeconds: VALIDITY },
      ...{ campaignTlv: '0x1400', tlvs: { '0x1401': 'entity', '0x1402': { hex: '00ff' } } },
    });
    await exchange(sender, hook);
    await finish(capture, 2);
    expect(await capture.wrong()).toEqual([]);
    const seen = async (field: string) => [...new Set(await capture.values(field))].toSorted();
    const sent = ours(await capture.pdus());
    expect(sent).toEqual(expect.arrayContaining(['bind_receiver', 'bind_transmitter', 'submit_sm', 'unbind']));
    expect(await seen('smpp.vendor_op')).toEqual([hex(CAMPAIGN), hex('entity'), '00ff'].toSorted());
    expect(await seen('smpp.service_type')).toEqual(['CMT']);
    expect(Number((await seen('smpp.validity_period_r')).join())).toBe(VALIDITY);
    expect([await seen(part), await seen(parts)]).toEqual([['1', '2', '3'], ['3']]);
  });

  test('The dissector finds the invalid PDUs of the SMSC simulator, and no errors in the responses.', async () => {
    const smsc = await startSmsc();
    const capture = await captured(smsc.port);
    await begin(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_SHORT, 'hex'));
    await capture.until(CUT_SHORT);
    smsc.writeRaw(Buffer.from(UNKNOWN, 'hex'));
    await capture.until(HEADS.generic_nack);
    await finish(capture, 1);
    expect(await capture.wrong()).toHaveLength(2);
    expect(await capture.wrong('ours')).toEqual([]);
  });

  test.skipIf(!HAS_NET_SMPP)(
    `The dissector finds no errors in the session with Net::SMPP.${HAS_NET_SMPP ? '' : ` (${NO_NET_SMPP})`}`,
    async () => {
      const port = await startPerlCentre();
      const capture = await captured(port);
      const { redcloud: sender, receiver: hook } = await begin(port, { enquireLinkSeconds: 0.2 });
      await exchange(sender, hook);
      await program()?.until((line) => said(line).event === 'enquire_link');
      await finish(capture, 1);
      expect(await capture.wrong()).toEqual([]);
      const pdus = await capture.pdus();
      expect(ours(pdus)).toEqual(WHAT_A_TRANSCEIVER_SENDS);
      expect(texts(pdus, 'deliver_sm')).toContain('Café for 2 €');
    },
  );
});

const ENQUIRE_LINK = Buffer.from('000000100000001500000000000003e7', 'hex');
/** A PDU with an undefined command. */
const UNKNOWN = '00000010000000990000000000000004';
const WHAT_A_TRANSCEIVER_SENDS = [
  'bind_transceiver',
  'deliver_sm_resp',
  'enquire_link',
  'enquire_link_resp',
  'submit_sm',
  'unbind',
];
