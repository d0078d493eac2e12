import { encode, encodeResponse } from '@redcloud/smpp';
import { describe, expect, test } from 'vitest';
import { part, smppLink } from '../../../test/support/smpp-link.ts';

const { smsc, started, againstPeer, behave } = smppLink();

describe('Oversized fields', () => {
  const long = 'x'.repeat(8_000);

  test('An oversized id is ignored in a response, and in a receipt, which is reported without an id.', async () => {
    const { heard } = await started();
    await smsc().deliver({ esm_class: 4, receipted_message_id: long, message_state: 2 });
    expect(heard.reports).toMatchObject([{ state: 'PENDING', carrierRef: null }]);
    expect(heard.reports[0]?.raw.length).toBeLessThanOrEqual(2_000);
    const { carrier, submitted } = await againstPeer((socket, pdu) => {
      socket.write(encodeResponse(pdu, 0, { message_id: long }));
    });
    expect(await submitted).toMatchObject({ outcome: 'accepted', carrierRef: expect.stringMatching(/^none:msg_/) });
    await carrier.stop();
  });

  test('An oversized address is truncated, and the message is accepted to prevent a repeat.', async () => {
    const { heard } = await started();
    await smsc().deliver({ source_addr: long, destination_addr: '1', short_message: 'x' });
    expect(heard.inbound).toMatchObject([{ from: 'x'.repeat(255), to: '1', text: 'x' }]);
  });
});

test.each(['enquire_link_resp', 'generic_nack'])(
  'A %s never counts as the acceptance of a segment.',
  async (command) => {
    const { submitted, carrier } = await againstPeer((socket, pdu) => {
      socket.write(encode(command, pdu.sequence_number, {}));
    });
    const { outcome } = await submitted;
    expect(outcome).toBe(command === 'generic_nack' ? 'rejected' : 'unknown');
    await carrier.stop();
  },
);

/** Replaces the body of a PDU, and its status if given. */
function withBody(pdu: Buffer, body: Buffer, status = pdu.readUInt32BE(8)): Buffer {
  const whole = Buffer.concat([pdu.subarray(0, 16), body]);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(status, 8);
  return whole;
}

describe('Unexpected octets', () => {
  const SUBMIT_SM_RESP = 0x80000004;
  const ENQUIRE_LINK_RESP = 0x80000015;
  const hex = (octets: string) => Buffer.from(octets, 'hex');
  const answer = (status: number, body: string) =>
    behave({ alter: (pdu) => (pdu.readUInt32BE(4) === SUBMIT_SM_RESP ? withBody(pdu, hex(body), status) : pdu) });

  test.each<[string, string, string | RegExp]>([
    ['an id with one zero too many', '61620000', 'ab'],
    ['an id without its terminator', '6162', 'ab'],
    ['an id, and garbage', '616200fffefd', 'ab'],
    ['an id, and a truncated parameter', '616200042400ff41', 'ab'],
    ['a parameter instead of an id', '042300030300ff', /^none:msg_/],
    ['no id', '', /^none:msg_/],
    ['zeros', '000000', /^none:msg_/],
  ])('Unexpected octets in an accepting response have no effect: %s.', async (_, body, expected) => {
    answer(0, body);
    const { carrier } = await started({ responseSeconds: 5 });
    const result = await carrier.submit(part('+15550000003'));
    expect(result).toMatchObject({ outcome: 'accepted', carrierRef: expect.stringMatching(expected) });
  });

  test.each([
    ['a parameter', '042300030300ff'],
    ['a truncated parameter', '042300ff03'],
    ['a string without its terminator', '6162'],
    ['garbage', 'fffefd'],
  ])('Unexpected octets in a rejecting response have no effect: %s.', async (_, body) => {
    answer(0x0b, body);
    const { carrier } = await started({ responseSeconds: 5 });
    expect(await carrier.submit(part('+15550000003'))).toMatchObject({
      outcome: 'rejected',
      permanent: true,
      carrierCode: 'ESME_RINVDSTADR',
    });
  });

  test('A segment is submitted again after a throttling response with unexpected octets.', async () => {
    let answers = 0;
    behave({
      alter: (pdu) => {
        if (pdu.readUInt32BE(4) !== SUBMIT_SM_RESP) return pdu;
        answers += 1;
        return answers === 1 ? withBody(pdu, hex('042300030300ff'), 0x58) : pdu;
      },
    });
    const { carrier } = await started({ responseSeconds: 5 });
    expect(await carrier.submit(part('+15550000003'))).toMatchObject({ outcome: 'accepted' });
    expect(smsc().submits).toBe(2);
  });

  test.each(['00', '0000000000', 'fffefd', '140000', '1400ffff41'])(
    'Unexpected octets behind every PDU of the carrier have no effect: %s.',
    async (octets) => {
      let enquiries = 0;
      behave({
        alter: (pdu) => {
          if (pdu.readUInt32BE(4) === ENQUIRE_LINK_RESP) enquiries += 1;
          return withBody(pdu, Buffer.concat([pdu.subarray(16), hex(octets)]));
        },
      });
      const { carrier, heard } = await started({ enquireLinkSeconds: 0.1, responseSeconds: 5 });
      expect(await carrier.submit(part('+15550000009'))).toMatchObject({ outcome: 'accepted' });
      await expect.poll(() => heard.inbound).toMatchObject([{ text: 'Thank you, got it.' }]);
      expect(heard.reports).toMatchObject([{ state: 'DELIVERED', carrierRef: '1000001' }]);
      await expect.poll(() => enquiries, { timeout: 5_000 }).toBeGreaterThan(1);
      expect(heard.states.map(([state]) => state)).not.toContain('down');
    },
  );

  test('Responses with unknown commands, and to no request, do not end the session.', async () => {
    const { carrier, heard } = await started({ responseSeconds: 5 });
    for (let nth = 1; nth <= 100; nth += 1) {
      const pdu = withBody(encode('enquire_link_resp', nth), Buffer.alloc(nth % 5, nth), nth);
      if (nth % 2 === 0) pdu.writeUInt32BE(0x80010200 + nth, 4);
      smsc().writeRaw(pdu);
    }
    expect(await carrier.submit(part('+15550000003'))).toMatchObject({ outcome: 'accepted' });
    expect(heard.states).toEqual([['up', undefined]]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['message_payload', { short_message: Buffer.alloc(0), message_payload: Buffer.from('all of it') }],
    ['short_message', { short_message: Buffer.from('all of it') }],
  ])('A truncated %s is rejected, and the carrier repeats the message.', async (_, fields) => {
    const { heard, carrier } = await started({ responseSeconds: 5 });
    let refused = 0;
    behave({
      alter: (pdu) => {
        if (pdu.readUInt32BE(4) !== 0x05 || refused === 3) return pdu;
        refused += 1;
        return withBody(pdu, pdu.subarray(16, -refused));
      },
    });
    await smsc().deliver({ source_addr: '1', destination_addr: '2', ...fields });
    expect([refused, heard.inbound.map(({ text }) => text)]).toEqual([3, ['all of it']]);
    expect(carrier.state()).toBe('up');
  });
});

test('Garbage between responses has no effect.', async () => {
  behave({ garbageEvery: 2 });
  const { carrier } = await started();
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => carrier.submit(part(`+155576543${10 + i}`))));
  expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
});
