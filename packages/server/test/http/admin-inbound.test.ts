import { describe, expect, test } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';

const { redcloud } = ownRedCloud();

describe('Inbound messages created by the operator', () => {
  const bring = (body: object) => redcloud().admin('POST', '/inbound', body);
  const CATALOG = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 };
  const WRITTEN = { carrier: 'acme', from: '+15557650001', to: '+15551234567', text: 'Hello' };

  test('An inbound message is stored once for the client of the number, even if its carrier repeats it.', async () => {
    const first = await bring({ ...WRITTEN, carrierRef: 'in-1' });
    expect([first.status, first.json.outcome]).toEqual([202, 'NEW']);
    expect((await bring({ ...WRITTEN, carrierRef: 'in-1' })).json).toEqual({ outcome: 'REPEAT' });
    expect((await bring({ ...WRITTEN, carrierRef: 'in-1', carrier: 'other' })).json.outcome).toBe('NEW');
    const { json } = await redcloud().call(`/api/core/messages/${first.json.messageId}`);
    expect(json).toMatchObject({ direction: 'INBOUND', status: 'RECEIVED', from: '+15557650001', text: 'Hello' });
  });

  test.each([
    ['15557650011', '+15557650011'],
    ['5557650012', '+15557650012'],
    ['+1 (555) 765-0013', '+15557650013'],
    ['0015557650014', '+15557650014'],
    ['447911123456', '+447911123456'],
    ['72345', '72345'],
    ['RedBank', 'RedBank'],
    ['0612345678', '0612345678'],
  ])('The sender is normalized to E.164 where possible, from %s to %s.', async (from, expected) => {
    const { json } = await bring({ ...WRITTEN, from, carrierRef: `from ${from}`, text: 'STOP' });
    expect((await redcloud().call(`/api/core/messages/${json.messageId}`)).json.from).toBe(expected);
  });

  test('A message to a number without a client is stored, and its outcome is NOBODY.', async () => {
    expect((await bring({ ...WRITTEN, carrierRef: 'in-2', to: '+15559999999' })).json.outcome).toBe('NOBODY');
  });

  test('An MMS from a handset is accepted, and its keyword opts out.', async () => {
    const { json } = await bring({ ...WRITTEN, carrierRef: 'in-3', text: 'stop', media: [CATALOG] });
    expect(json.outcome).toBe('NEW');
    const optOuts = await redcloud().call('/api/core/opt-outs?recipient=%2B15557650001');
    expect(optOuts.json.optOuts).toMatchObject([{ numberId: 'num_abc123', keyword: 'STOP' }]);
  });

  test.each([
    ['has an unknown key', { storageKey: 'storage_unknown' }, /^media\[0\]\.storageKey is unknown/],
    ['has another length', { byteLength: 5 }, /^media\[0\]\.byteLength is not the length/],
    ['has another type', { mimeType: 'image/png' }, /^media\[0\]\.mimeType is not the type/],
    [
      'has an unknown key and a forbidden URL',
      { storageKey: 'storage_new', sourceUrl: 'http://169.254.169.254/latest/meta-data' },
      /^media\[0\]\.sourceUrl cannot be fetched/,
    ],
  ])(
    'A file that %s is rejected, from the operator and from the handset of the sandbox.',
    async (_, change, message) => {
      const media = [{ ...CATALOG, ...change }];
      const answer = {
        status: 400,
        json: { error: { code: 'INVALID_REQUEST', message: expect.stringMatching(message) } },
      };
      expect(await bring({ ...WRITTEN, carrierRef: 'in-4', media })).toMatchObject(answer);
      const { from, to } = WRITTEN;
      const body = { from, to, media };
      expect(await redcloud().call('/sandbox/inbound', { method: 'POST', token: null, body })).toMatchObject(answer);
    },
  );

  test('A repeat of a stored message is a repeat, although its file was deleted in between.', async () => {
    const { json: file } = await redcloud().call('/api/core/media', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      raw: 'A note',
    });
    const mms = { ...WRITTEN, carrierRef: 'in-5', media: [file] };
    expect((await bring(mms)).json.outcome).toBe('NEW');
    await redcloud().call(`/api/core/media/${file.storageKey}`, { method: 'DELETE' });
    expect((await bring(mms)).json).toEqual({ outcome: 'REPEAT' });
    expect((await bring({ ...mms, carrierRef: 'in-6' })).status).toBe(400);
  });

  test('A file for a number without a client is listed with an error, because no client can have the file.', async () => {
    const mms = { ...WRITTEN, carrierRef: 'in-7', to: '+15559999999', media: [CATALOG] };
    expect((await bring(mms)).json.outcome).toBe('NOBODY');
  });

  test.each([
    [{ carrierRef: '' }],
    [{ carrierRef: 'x', to: 'num_abc123' }],
    [{ carrierRef: 'x', text: undefined }],
    [{ carrierRef: 'x', carrier: '../x' }],
    [{ carrierRef: 'x', extra: 1 }],
  ])('An inbound message with %j is rejected.', async (change) => {
    expect((await bring({ ...WRITTEN, ...change })).status).toBe(400);
  });
});
