// @module-tag sized

import { decode, encode, groupOf, type Pdu, readUserData } from '@redcloud/smpp';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smppSettings } from '../../../test/support/smpp-settings.ts';
import { submissionOf } from '../../../test/support/submissions.ts';
import { sized } from '../../../test/support/thorough.ts';
import type { Submission } from '../carrier.ts';
import { relativeTime, type SubmitSm, submitSm } from './submit.ts';

function made(submission: Partial<Submission>, settings: Record<string, unknown> = {}) {
  const one = {
    name: 'acme',
    type: 'smpp',
    host: 'localhost',
    port: 2775,
    systemId: 'us',
    password: 'secret',
    ...settings,
  };
  return submitSm(submissionOf(submission), smppSettings(one));
}

function fieldsOf(submission: Partial<Submission>, settings: Record<string, unknown> = {}): SubmitSm {
  const result = made(submission, settings);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** PDU as the carrier reads it. */
function sent(submission: Partial<Submission>, settings: Record<string, unknown> = {}): Pdu {
  const { fields, tlvs } = fieldsOf(submission, settings);
  return decode(encode('submit_sm', 1, fields, tlvs));
}

describe('Carrier that accepts long messages whole', () => {
  const whole = (text: string, encoding: 'GSM7' | 'UCS2', settings = { longMessages: 'message_payload' }) =>
    fieldsOf({ text, encoding, latin1: false }, settings).fields;

  test.each([
    ['GSM7', 'x'.repeat(160), 'x'.repeat(161)],
    ['UCS2', 'ж'.repeat(70), 'ж'.repeat(71)],
  ] as const)('A text that is longer than one segment is in message_payload: %s.', (encoding, short, long) => {
    expect(whole(short, encoding)).not.toHaveProperty('message_payload');
    const { short_message, message_payload, esm_class } = whole(long, encoding) as Record<string, Buffer>;
    expect([short_message?.length, esm_class]).toEqual([0, 0]);
    expect(message_payload).toHaveLength(encoding === 'GSM7' ? 161 : 142);
  });
});

describe('Submit', () => {
  test('A submit of one segment has both addresses, the text and a receipt request.', () => {
    expect(fieldsOf({})).toEqual({
      fields: {
        service_type: '',
        source_addr_ton: 1,
        source_addr_npi: 1,
        source_addr: '15551234567',
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: '15557654321',
        esm_class: 0,
        data_coding: 0,
        registered_delivery: 1,
        validity_period: '',
        short_message: Buffer.from('Hello'),
      },
      tlvs: [],
    });
  });

  test('A submit has the values from the settings of the carrier.', () => {
    const settings = {
      serviceType: 'CMT',
      registeredDelivery: 17,
      validitySeconds: 90_061,
      addresses: { international: { ton: 2, npi: 8, plus: true }, shortCode: { ton: 6, npi: 9 } },
    };
    expect(sent({ from: '12345' }, settings)).toMatchObject({
      service_type: 'CMT',
      registered_delivery: 17,
      validity_period: '000001010101000R',
      source_addr_ton: 6,
      source_addr_npi: 9,
      source_addr: '12345',
      dest_addr_ton: 2,
      dest_addr_npi: 8,
      destination_addr: '+15557654321',
      schedule_delivery_time: '',
      protocol_id: 0,
      priority_flag: 0,
      replace_if_present_flag: 0,
    });
  });

  test.each<[string, Partial<Submission>, Record<string, unknown>, number, string]>([
    ['GSM-7', { text: '@€' }, {}, 0, '001b65'],
    ['UCS-2', { text: 'ж😀', encoding: 'UCS2' }, {}, 8, '0436d83dde00'],
    ['UCS-2 that would fit GSM-7', { text: 'a', encoding: 'UCS2' }, {}, 8, '0061'],
    ['Latin-1, preferred', { text: 'ê', encoding: 'UCS2' }, { preferLatin1: true }, 3, 'ea'],
    ['Latin-1, default', { text: '@é' }, { defaultAlphabet: 'latin1' }, 0, '40e9'],
    ['nothing', { text: '' }, {}, 0, ''],
  ])('A submit has its text as %s.', (_, submission, settings, dataCoding, bytes) => {
    const pdu = sent(submission, settings);
    expect([pdu['data_coding'], pdu['short_message']]).toEqual([dataCoding, Buffer.from(bytes, 'hex')]);
  });

  test.each(['udh8', 'udh16'] as const)('A submit of one of several segments has its place by %s.', (longMessages) => {
    const pdu = sent({ reference: 'msg_A/2', part: 2, parts: 3, text: 'two' }, { longMessages });
    const { fragment, bytes } = readUserData(pdu['esm_class'] as number, pdu['short_message'] as Buffer);
    const mask = longMessages === 'udh8' ? 0xff : 0xffff;
    expect([fragment, bytes]).toEqual([{ group: groupOf('msg_A/1') & mask, part: 2, parts: 3 }, Buffer.from('two')]);
  });

  test('A submit of one of several segments has its place by sar.', () => {
    expect(sent({ reference: 'msg_A/2', part: 2, parts: 3, text: 'two' }, { longMessages: 'sar' })).toMatchObject({
      esm_class: 0,
      short_message: Buffer.from('two'),
      sar_msg_ref_num: groupOf('msg_A/1'),
      sar_total_segments: 3,
      sar_segment_seqnum: 2,
    });
  });

  test('A submit can contain the longest segments, 153 septets or 134 octets, with either header.', () => {
    for (const longMessages of ['udh8', 'udh16']) {
      const gsm7 = sent({ text: '€'.repeat(76), parts: 2 }, { longMessages });
      const ucs2 = sent({ text: 'ж'.repeat(67), encoding: 'UCS2', parts: 2 }, { longMessages });
      for (const pdu of [gsm7, ucs2]) {
        expect((pdu['short_message'] as Buffer).length).toBeGreaterThan(134);
        expect(pdu['message_payload']).toBeUndefined();
      }
    }
  });

  test('A text is in message_payload when it is longer than a short message can be.', () => {
    const settings = { defaultAlphabet: 'latin1' };
    expect(fieldsOf({ text: 'Δ'.repeat(127), latin1: false }, settings).fields).not.toHaveProperty('message_payload');
    const { fields } = fieldsOf({ text: 'Δ'.repeat(128), latin1: false }, settings);
    expect([fields['short_message'], (fields['message_payload'] as Buffer).length]).toEqual([Buffer.alloc(0), 256]);
    const pdu = sent({ text: 'Δ'.repeat(125), latin1: false, parts: 2 }, settings);
    expect([pdu['esm_class'], pdu['short_message']]).toEqual([0x40, Buffer.alloc(0)]);
    expect(readUserData(0x40, pdu['message_payload'] as Buffer).bytes).toHaveLength(250);
  });

  test('A submit has the parameters of the carrier, and the campaign if there is one.', () => {
    const settings = { tlvs: { '0x1401': 'fixed', '0x1402': { hex: '00Ff' } }, campaignTlv: '0x14fe' };
    const fixed = [
      { tag: 0x1401, value: Buffer.from('fixed') },
      { tag: 0x1402, value: Buffer.from([0, 0xff]) },
    ];
    expect(fieldsOf({}, settings).tlvs).toEqual(fixed);
    expect(fieldsOf({ campaignId: 'C123' }, settings).tlvs).toEqual([
      ...fixed,
      { tag: 0x14fe, value: Buffer.from('C123') },
    ]);
    expect(fieldsOf({ campaignId: 'C123' }).tlvs).toEqual([]);
    expect(sent({ campaignId: 'C123' }, settings)).toMatchObject({
      [0x1401]: Buffer.from('fixed'),
      [0x14fe]: Buffer.from('C123'),
    });
  });

  test('Repeated submits of a segment are the same.', () => {
    const part = { reference: 'msg_B/2', part: 2, parts: 2, text: 'two' };
    expect(fieldsOf(part)).toEqual(fieldsOf(part));
  });
});

describe('Message that SMPP cannot encode', () => {
  test.each<[string, Partial<Submission>, string]>([
    ['an MMS', { messageType: 'MMS' }, 'SMPP does not support MMS'],
    ['an MMS without a text', { messageType: 'MMS', text: null, encoding: null }, 'SMPP does not support MMS'],
    ['no text', { text: null, encoding: null }, 'SMPP does not support MMS'],
    ['a destination that is too long', { to: `+${'1'.repeat(21)}` }, 'an address is too long'],
    ['a sender that is too long', { from: 'x'.repeat(21) }, 'an address is too long'],
  ])('A message that SMPP cannot encode is rejected: %s.', (_, submission, refused) => {
    expect(made(submission)).toEqual({ refused });
  });

  test('Addresses of 20 characters, including a written plus, are not rejected.', () => {
    expect(made({ to: `+${'1'.repeat(20)}`, from: 'x'.repeat(20) })).not.toHaveProperty('refused');
    expect(
      made({ to: `+${'1'.repeat(20)}` }, { addresses: { international: { ton: 1, npi: 1, plus: true } } }),
    ).toHaveProperty('refused');
  });
});

describe('Relative time', () => {
  test.each([
    [60, '000000000100000R'],
    [61, '000000000101000R'],
    [3_599, '000000005959000R'],
    [3_600, '000000010000000R'],
    [86_399, '000000235959000R'],
    [86_400, '000001000000000R'],
    [90_061, '000001010101000R'],
    [2 * 86_400 - 1, '000001235959000R'],
    [10 * 86_400, '000010000000000R'],
    [30 * 86_400 - 1, '000029235959000R'],
    [30 * 86_400, '000030000000000R'],
  ])('A relative time of %i s is written in the format of SMPP.', (seconds, expected) => {
    expect(relativeTime(seconds)).toBe(expected);
  });

  test('A relative time is exact for every number of seconds from a minute to 30 days.', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 30 * 86_400 }), (seconds) => {
        const [, days, hours, minutes, rest] = (
          /^0000(\d\d)(\d\d)(\d\d)(\d\d)000R$/.exec(relativeTime(seconds)) ?? []
        ).map(Number);
        expect([hours, minutes, rest].every((value, i) => (value as number) < ([24, 60, 60][i] as number))).toBe(true);
        expect((((days as number) * 24 + (hours as number)) * 60 + (minutes as number)) * 60 + (rest as number)).toBe(
          seconds,
        );
      }),
      { numRuns: sized(5_000) },
    );
  });
});
