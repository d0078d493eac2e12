import { describe, expect, test } from 'vitest';
import { part, smppLink } from '../../../test/support/smpp-link.ts';

const { smsc, started, behave } = smppLink();

describe('Receipts', () => {
  test.each<[string, number, (text: string) => Buffer]>([
    ['UCS-2', 8, (text) => Buffer.from(text, 'utf16le').swap16()],
    ['GSM-7', 0, (text) => Buffer.from(text.replaceAll('_', '\x11'), 'latin1')],
    ['ASCII that is marked as UCS-2', 8, (text) => Buffer.from(text, 'latin1')],
  ])('Receipts in %s are reported as readable text without their quotation.', async (_, dataCoding, encoded) => {
    const { heard } = await started();
    const text = 'id:smsc_7 sub:001 stat:DELIVRD err:000';
    const receipt = encoded(`${text} text:do not keep me`);
    await smsc().deliver({ esm_class: 4, data_coding: dataCoding, short_message: receipt });
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
  await smsc().deliver({ esm_class: 4, message_payload: Buffer.alloc(65_000, ' ') });
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(heard.reports).toMatchObject([{ state: 'PENDING', carrierRef: null }]);
});
