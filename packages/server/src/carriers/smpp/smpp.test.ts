import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { decode, encode, encodeResponse, Framer, type Pdu } from '@redcloud/smpp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Behaviour } from '#smsc/behaviour.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { describeCarrier } from '../../../test/support/carrier-conformance.ts';
import type { CarrierHandlers, InboundMessage, Report, Submission } from '../carrier.ts';
import { readCarriers } from '../settings.ts';
import { Smpp } from './smpp.ts';

let smsc: SmscSimulator;
let carriers: Smpp[];

beforeEach(async () => {
  smsc = await SmscSimulator.start({ systemId: 'redcloud', password: 'secret', behaviour: { pace: 0.02 } });
  carriers = [];
});
afterEach(async () => {
  await Promise.all(carriers.map((carrier) => carrier.stop()));
  await smsc.stop();
});

function smpp(settings: Record<string, unknown> = {}): Smpp {
  const text = JSON.stringify({
    carriers: [
      {
        name: 'acme',
        type: 'smpp',
        host: '127.0.0.1',
        port: smsc.port,
        systemId: 'redcloud',
        password: 'secret',
        responseSeconds: 0.3,
        ...settings,
      },
    ],
  });
  const [read] = readCarriers(text, () => undefined).carriers;
  const carrier = new Smpp({ settings: read as NonNullable<typeof read> });
  carriers.push(carrier);
  return carrier;
}

describeCarrier({
  name: 'SMPP',
  create: async () => smpp(),
  destinations: {
    delivered: '+15550000001',
    undeliverable: '+15550000010',
    refused: '+15550000002',
    throttled: '+15550000004',
    unanswered: '+15550000006',
    replying: '+15550000009',
  },
});

let count = 0;
function part(to: string, more: Partial<Submission> = {}): Submission {
  count += 1;
  return {
    reference: `msg_SMPP${count}/1`,
    from: '+15551234567',
    to,
    messageType: 'SMS',
    text: 'Hello',
    encoding: 'GSM7',
    latin1: true,
    campaignId: 'C123',
    segments: 1,
    media: null,
    part: 1,
    parts: 1,
    ...more,
  };
}

interface Heard extends CarrierHandlers {
  reports: Report[];
  inbound: InboundMessage[];
  states: [string, string | undefined][];
}

function handlers(): Heard {
  const heard: Heard = {
    reports: [],
    inbound: [],
    states: [],
    async onReport(_, report) {
      heard.reports.push(report);
    },
    async onInbound(_, message) {
      heard.inbound.push(message);
    },
    onState: (_, state, reason) => heard.states.push([state, reason]),
  };
  return heard;
}

async function started(settings: Record<string, unknown> = {}) {
  const heard = handlers();
  const carrier = smpp(settings);
  await carrier.start(heard);
  return { carrier, heard };
}

/** Submits to a peer that accepts every bind. `onSubmit` responds to the submit. */
async function againstPeer(onSubmit: (socket: Socket, pdu: Pdu) => void) {
  const server = createServer((socket) => {
    const framer = new Framer();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const pdu of framer.push(chunk).map(decode)) {
        if (pdu.command === 'submit_sm') onSubmit(socket, pdu);
        else socket.write(encodeResponse(pdu));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const carrier = smpp({ port: (server.address() as AddressInfo).port });
  await carrier.start(handlers());
  const submitted = carrier.submit(part('+15550000001')).finally(() => server.close());
  return { carrier, submitted };
}

const behave = (behaviour: Partial<Behaviour>) => Object.assign(smsc.behaviour, behaviour);

describe('Submitted segment', () => {
  test('A segment is submitted with its addresses, alphabet, receipt request and campaign.', async () => {
    const { carrier } = await started({
      campaignTlv: '0x1400',
      tlvs: { '0x1401': 'fixed', '0x1402': { hex: '00ff' } },
    });
    await carrier.submit(part('+15557654321', { text: 'é {} €' }));
    const { pdu, from, to, text } = smsc.taken[0] as (typeof smsc.taken)[0];
    expect([from, to, text]).toEqual(['+15551234567', '+15557654321', 'é {} €']);
    expect(pdu).toMatchObject({
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: '15551234567',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      data_coding: 0,
      esm_class: 0,
      registered_delivery: 1,
      5120: Buffer.from('C123'),
      5121: Buffer.from('fixed'),
      5122: Buffer.from([0, 255]),
    });
  });

  test.each(['udh8', 'udh16', 'sar'] as const)(
    'Segments of one message have their places by %s, with the same group number.',
    async (longMessages) => {
      const { carrier } = await started({ longMessages });
      const reference = 'msg_LONG';
      for (const [i, text] of ['one ', 'two ', 'three'].entries()) {
        await carrier.submit(part('+15557654321', { reference: `${reference}/${i + 1}`, text, part: i + 1, parts: 3 }));
      }
      expect(smsc.taken.map(({ text }) => text)).toEqual(['one ', 'two ', 'three']);
      const group = smsc.taken[0]?.part?.group;
      expect(smsc.taken.map(({ part: place }) => place)).toEqual([1, 2, 3].map((n) => ({ group, parts: 3, part: n })));
    },
  );

  test('A UCS-2 segment keeps characters that GSM-7 lacks, and stays UCS-2 even if it fits GSM-7.', async () => {
    const { carrier } = await started();
    await carrier.submit(part('+15557654321', { text: '漢字 😀', encoding: 'UCS2' }));
    await carrier.submit(part('+15557654321', { text: 'plain', encoding: 'UCS2' }));
    expect(smsc.taken.map(({ text, pdu }) => [text, pdu['data_coding']])).toEqual([
      ['漢字 😀', 8],
      ['plain', 8],
    ]);
  });

  test('A message that SMPP cannot carry is permanently rejected without a submit.', async () => {
    const { carrier } = await started();
    const result = await carrier.submit(part('+15557654321', { messageType: 'MMS', text: null, encoding: null }));
    expect(result).toMatchObject({ outcome: 'rejected', permanent: true });
    expect(smsc.submits).toBe(0);
  });
});

describe('Cut link', () => {
  test('When a link is cut, sent submits become unknown, others unreachable, and the link reconnects.', async () => {
    behave({ latencyMs: 200 });
    const { carrier, heard } = await started({ window: 2 });
    const results = Array.from({ length: 5 }, (_, i) => carrier.submit(part(`+1555765430${i}`)));
    await expect.poll(() => smsc.submits).toBe(2);
    smsc.cut();
    const outcomes = (await Promise.all(results)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['unknown', 'unknown', 'unreachable', 'unreachable', 'unreachable']);
    await expect.poll(() => carrier.state(), { timeout: 5_000 }).toBe('up');
    expect(heard.states.map(([state]) => state)).toContain('down');
    behave({ latencyMs: 0 });
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'accepted' });
  });

  test('A late response to a submit is reported with its reference.', async () => {
    behave({ latencyMs: 500 });
    const { carrier, heard } = await started();
    const submission = part('+15550000003');
    expect(await carrier.submit(submission)).toMatchObject({ outcome: 'unknown' });
    await expect
      .poll(() => heard.reports)
      .toMatchObject([{ state: 'SENT', reference: submission.reference, carrierRef: '1000001' }]);
  });

  test('A silent peer is noticed, and the link reconnects.', async () => {
    const { carrier, heard } = await started({ enquireLinkSeconds: 0.1, responseSeconds: 0.2 });
    // The peer reads all PDUs without a response, like a firewall that has dropped the connection.
    behave({ latencyMs: 60_000 });
    smsc.deaf = true;
    await expect.poll(() => heard.states.at(-1)?.[0], { timeout: 3_000 }).toBe('down');
    smsc.deaf = false;
    await expect.poll(() => carrier.state(), { timeout: 5_000 }).toBe('up');
  });
});

describe('Permanently refused bind', () => {
  test('A refused bind is misconfigured with a reason, without the password and without quick retries.', async () => {
    const heard = handlers();
    const carrier = smpp({ password: 'wrong-secret' });
    await carrier.start(heard);
    expect(carrier.state()).toBe('misconfigured');
    expect(heard.states).toEqual([['misconfigured', 'the bind was refused: ESME_RINVPASWD']]);
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'unreachable' });
    expect(JSON.stringify(heard)).not.toContain('wrong-secret');
  });
});

describe('Throttling', () => {
  /** Submits segments to handsets in turn. @returns the results. */
  const submitMany = (carrier: Smpp, parts: number, handsets: number) =>
    Promise.all(
      Array.from({ length: parts }, (_, i) =>
        carrier.submit(part(`+1555${7654320 + (i % handsets)}`, { text: `${i}` })),
      ),
    );

  /** Expects that the carrier accepted all segments, and those of each handset in order. */
  function expectOrder(parts: number): void {
    const texts = Map.groupBy(smsc.taken, ({ to }) => to);
    for (const taken of texts.values()) {
      const numbers = taken.map(({ text }) => Number(text));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(smsc.taken).toHaveLength(parts);
  }

  test.each([
    ['every fifth', { throttleEvery: 5 }],
    ['a tenth', { throttleShare: 0.1 }],
    ['what is beyond 50/s', { allowedPerSecond: 50 }],
    ['what is beyond a bucket of ten and 50/s', { allowedPerSecond: 50, limiter: 'bucket', burst: 10 }],
  ] as const)('Throttling of %s delays segments, and keeps their order for each handset.', async (_, behaviour) => {
    behave(behaviour);
    const { carrier } = await started({ responseSeconds: 10 });
    const results = await submitMany(carrier, 100, 20);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    expectOrder(100);
  });

  test('Throttling never makes several binds exceed the configured limit together.', async () => {
    behave({ throttleEvery: 5 });
    const { carrier } = await started({ binds: 2, maxSegmentsPerSecond: 40, responseSeconds: 10 });
    await expect.poll(() => smsc.links).toBe(2);
    const before = performance.now();
    await submitMany(carrier, 60, 60);
    expectOrder(60);
    // 74 submits including throttled ones. Each bind may send one at once, and catch up 10 ms.
    const perSecond = (1_000 * (smsc.submits - 2)) / (performance.now() - before);
    expect(perSecond).toBeLessThanOrEqual(41);
  });

  test('A carrier that throttles everything gets few submits until all are accepted within seconds.', async () => {
    behave({ throttleEvery: 1 });
    const { carrier } = await started({ responseSeconds: 10 });
    const submitted = submitMany(carrier, 40, 40);
    const before = performance.now();
    // At most three times the window of 32. From then on one at a time, after pauses of up to 50 ms.
    await expect.poll(() => smsc.submits).toBeGreaterThan(3 * 32 + 14);
    expect(performance.now() - before).toBeGreaterThan(500);
    expect(carrier.capacity()).toBeLessThanOrEqual(2);
    behave({ throttleEvery: 0 });
    expect((await submitted).every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expectOrder(40);
  });

  test('The capacity of a throttled link is limited to segments that can leave soon.', async () => {
    behave({ allowedPerSecond: 5 });
    const { carrier } = await started({ responseSeconds: 10 });
    expect(carrier.capacity()).toBe(32);
    const submitted = submitMany(carrier, 15, 15);
    await expect.poll(() => carrier.capacity()).toBeLessThanOrEqual(3);
    await submitted;
    expect(carrier.capacity()).toBeLessThanOrEqual(5);
    expect(carrier.capacity()).toBeGreaterThan(0);
  });

  test('Throttled and waiting segments are returned when the link is about to stop.', async () => {
    behave({ throttleEvery: 1 });
    const { carrier } = await started({ window: 2, responseSeconds: 10 });
    const submitted = submitMany(carrier, 4, 4);
    await expect.poll(() => smsc.submits).toBeGreaterThan(4);
    carrier.rest();
    const outcomes = (await submitted).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['throttled', 'throttled', 'unreachable', 'unreachable']);
    const { submits } = smsc;
    expect(await carrier.submit(part('+15557654321'))).toMatchObject({ outcome: 'unreachable' });
    expect(smsc.submits).toBe(submits);
  });
});

describe('Receipts', () => {
  test.each<[string, number, (text: string) => Buffer]>([
    ['UCS-2', 8, (text) => Buffer.from(text, 'utf16le').swap16()],
    ['GSM-7', 0, (text) => Buffer.from(text.replaceAll('_', '\x11'), 'latin1')],
    ['ASCII that is marked as UCS-2', 8, (text) => Buffer.from(text, 'latin1')],
  ])('Receipts in %s are reported as readable text without their quotation.', async (_, dataCoding, encoded) => {
    const { heard } = await started();
    const text = 'id:smsc_7 sub:001 stat:DELIVRD err:000';
    const receipt = encoded(`${text} text:do not keep me`);
    await smsc.deliver({ esm_class: 4, data_coding: dataCoding, short_message: receipt });
    expect(heard.reports).toMatchObject([{ state: 'DELIVERED', carrierRef: 'smsc_7', raw: text }]);
  });

  test.each(['text', 'tlvs'] as const)('Receipts are read from %s alone.', async (receipts) => {
    behave({ receipts });
    const { carrier, heard } = await started();
    await carrier.submit(part('+15550000010', { text: 'do not keep me' }));
    await expect.poll(() => heard.reports).toMatchObject([{ state: 'FAILED', carrierRef: '1000001' }]);
    expect(heard.reports[0]?.raw).not.toContain('do not keep me');
  });
});

test('A receipt of 64 KiB of spaces is read within a second.', async () => {
  const { heard } = await started();
  const before = performance.now();
  await smsc.deliver({ esm_class: 4, message_payload: Buffer.alloc(65_000, ' ') });
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(heard.reports).toMatchObject([{ state: 'PENDING', carrierRef: null }]);
});

describe('Oversized fields', () => {
  const long = 'x'.repeat(8_000);

  test('An oversized id is ignored in a response, and in a receipt, which is reported without an id.', async () => {
    const { heard } = await started();
    await smsc.deliver({ esm_class: 4, receipted_message_id: long, message_state: 2 });
    expect(heard.reports).toMatchObject([{ state: 'PENDING', carrierRef: null }]);
    expect(heard.reports[0]?.raw.length).toBeLessThanOrEqual(2_000);
    const { carrier, submitted } = await againstPeer((socket, pdu) => {
      socket.write(encodeResponse(pdu, 0, { message_id: long }));
    });
    expect(await submitted).toMatchObject({ outcome: 'accepted', carrierRef: expect.stringMatching(/^none:msg_/) });
    await carrier.stop();
  });

  test('An oversized address is cut, and the message is accepted so that the carrier does not repeat it.', async () => {
    const { heard } = await started();
    await smsc.deliver({ source_addr: long, destination_addr: '1', short_message: 'x' });
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
  ])('Unexpected octets in a refusing response have no effect: %s.', async (_, body) => {
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
    expect(smsc.submits).toBe(2);
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
      smsc.writeRaw(pdu);
    }
    expect(await carrier.submit(part('+15550000003'))).toMatchObject({ outcome: 'accepted' });
    expect(heard.states).toEqual([['up', undefined]]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['message_payload', { short_message: Buffer.alloc(0), message_payload: Buffer.from('all of it') }],
    ['short_message', { short_message: Buffer.from('all of it') }],
  ])('A truncated %s is refused, and the carrier sends the message again.', async (_, fields) => {
    const { heard, carrier } = await started({ responseSeconds: 5 });
    let refused = 0;
    behave({
      alter: (pdu) => {
        if (pdu.readUInt32BE(4) !== 0x05 || refused === 3) return pdu;
        refused += 1;
        return withBody(pdu, pdu.subarray(16, -refused));
      },
    });
    await smsc.deliver({ source_addr: '1', destination_addr: '2', ...fields });
    expect([refused, heard.inbound.map(({ text }) => text)]).toEqual([3, ['all of it']]);
    expect(carrier.state()).toBe('up');
  });
});

describe('Character set of an inbound message', () => {
  const UDHI = 0x40;
  const hex = (octets: string) => Buffer.from(octets, 'hex');

  test.each<[string, number, string, string]>([
    ['Shift_JIS', 5, '955c8ea6', '表示'],
    ['ISO-8859-5', 6, 'c1c2bebf', 'СТОП'],
    ['ISO-8859-8', 7, 'f9ece5ed', 'שלום'],
    ['KS C 5601', 14, 'bec8b3e7', '안녕'],
    ['little-endian UCS-2', 8, 'fffe36043dd800de', 'ж😀'],
    ['Latin-1 with a zero at its end', 3, '4772fc00', 'Grü'],
    ['GSM-7 with an at sign at its end', 0, '6d6500', 'me@'],
  ])('An inbound message is read in the character set of its data_coding: %s.', async (_, dataCoding, octets, text) => {
    const { heard } = await started();
    await smsc.deliver({ data_coding: dataCoding, short_message: hex(octets) });
    expect(heard.inbound).toMatchObject([{ text }]);
    expect(heard.inbound[0]?.fragment).toBeUndefined();
  });

  test('An inbound message is read in the national language that its header names.', async () => {
    const { heard } = await started();
    await smsc.deliver({ esm_class: UDHI, short_message: hex('062401062501' + '061b1c2f') });
    await smsc.deliver({ esm_class: UDHI, short_message: hex('03250101' + '1d40') });
    expect(heard.inbound.map(({ text }) => text)).toEqual(['०न', 'şİ']);
  });

  test('A segment is reported with its coding and octets, because it may end within a character.', async () => {
    const { heard } = await started();
    await smsc.deliver({ esm_class: UDHI, short_message: hex('050003070201' + '411b') });
    expect(heard.inbound).toMatchObject([
      { text: 'A', fragment: { group: 7, parts: 2, part: 1, coded: { coding: 'gsm7:0:0', octets: hex('411b') } } },
    ]);
  });
});

test('An inbound message has its addresses and text, and is acknowledged when it is recorded.', async () => {
  const { heard } = await started();
  await smsc.write('+15557654321', '+15551234567', 'Grüße 😀');
  expect(heard.inbound).toMatchObject([{ from: '+15557654321', to: '+15551234567', text: 'Grüße 😀' }]);
});

test('A transmitter and a receiver are one bind, and submits wait until receipts can be received.', async () => {
  const { carrier, heard } = await started({ bindMode: 'transmitter+receiver' });
  await expect.poll(() => carrier.state()).toBe('up');
  expect(smsc.links).toBe(2);
  await carrier.submit(part('+15550000001'));
  await expect.poll(() => heard.reports.length).toBe(1);
});

test('Several binds share the submits.', async () => {
  behave({ latencyMs: 20 });
  const { carrier } = await started({ binds: 3, window: 1 });
  await expect.poll(() => carrier.capacity()).toBe(3);
  await Promise.all(Array.from({ length: 9 }, (_, i) => carrier.submit(part(`+155576543${10 + i}`))));
  expect(smsc.taken).toHaveLength(9);
});

test('Garbage between responses has no effect.', async () => {
  behave({ garbageEvery: 2 });
  const { carrier } = await started();
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => carrier.submit(part(`+155576543${10 + i}`))));
  expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
});

test('A waiting segment is not sent if another process holds it by the time it could leave.', async () => {
  behave({ latencyMs: 100 });
  const { carrier } = await started({ window: 1 });
  let ours = true;
  const first = carrier.submit(part('+15557654321'), () => ours);
  const second = carrier.submit(part('+15557654322'), () => ours);
  await expect.poll(() => smsc.submits).toBe(1);
  ours = false;
  expect(await first).toMatchObject({ outcome: 'accepted' });
  expect(await second).toMatchObject({ outcome: 'unreachable' });
  expect(smsc.taken).toHaveLength(1);
});

test('A late response that the store cannot record does not end the session.', async () => {
  behave({ latencyMs: 400 });
  const reported = Promise.withResolvers<void>();
  const heard: CarrierHandlers = {
    ...handlers(),
    async onReport() {
      reported.resolve();
      throw new Error('the store is away');
    },
  };
  const carrier = smpp();
  await carrier.start(heard);
  expect(await carrier.submit(part('+15550000003'))).toMatchObject({ outcome: 'unknown' });
  await reported.promise;
  expect(carrier.state()).toBe('up');
});
