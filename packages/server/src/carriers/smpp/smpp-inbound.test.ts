import { describe, expect, test } from 'vitest';
import { smppLink } from '../../../test/support/smpp-link.ts';

const { smsc, started } = smppLink();

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
    await smsc().deliver({ data_coding: dataCoding, short_message: hex(octets) });
    expect(heard.inbound).toMatchObject([{ text }]);
    expect(heard.inbound[0]?.fragment).toBeUndefined();
  });

  test('An inbound message is read in the national language that its header names.', async () => {
    const { heard } = await started();
    await smsc().deliver({ esm_class: UDHI, short_message: hex('062401062501' + '061b1c2f') });
    await smsc().deliver({ esm_class: UDHI, short_message: hex('03250101' + '1d40') });
    expect(heard.inbound.map(({ text }) => text)).toEqual(['०न', 'şİ']);
  });

  test('A segment is reported with its coding and octets, because it may end within a character.', async () => {
    const { heard } = await started();
    await smsc().deliver({ esm_class: UDHI, short_message: hex('050003070201' + '411b') });
    expect(heard.inbound).toMatchObject([
      { text: 'A', fragment: { group: 7, parts: 2, part: 1, coded: { coding: 'gsm7:0:0', octets: hex('411b') } } },
    ]);
  });
});

test('An inbound message has its addresses and text, and is acknowledged when it is recorded.', async () => {
  const { heard } = await started();
  await smsc().write('+15557654321', '+15551234567', 'Grüße 😀');
  expect(heard.inbound).toMatchObject([{ from: '+15557654321', to: '+15551234567', text: 'Grüße 😀' }]);
});
