import { expect, test } from 'vitest';
import { failureOf, unconfirmedOf } from '../carriers/failures.ts';
import { noteOf } from './note.ts';

const plain = { state: 'SENT', error: null } as const;
const delivered = { state: 'DELIVERED', error: null } as const;
const unconfirmed = {
  state: 'SENT',
  error: unconfirmedOf('Telnyx delivery_unconfirmed', 'delivery_unconfirmed', true),
} as const;
const sent = { state: 'SENT', error: unconfirmedOf('Twilio sent', 'sent', false) } as const;
const failed = { state: 'FAILED', error: failureOf('UNDELIVERABLE', '1') } as const;

test.each([
  ['SENT', [], null],
  ['SENT', [plain], null],
  ['SENT', [failed], null],
  ['SENT', [unconfirmed], 'The carrier could not confirm the delivery (Telnyx delivery_unconfirmed).'],
  ['SENT', [sent], 'The carrier has not confirmed the delivery (Twilio sent).'],
  // A late report of an earlier state does not remove the note.
  ['SENT', [unconfirmed, plain], 'The carrier could not confirm the delivery (Telnyx delivery_unconfirmed).'],
  ['SENT', [sent, unconfirmed], 'The carrier could not confirm the delivery (Telnyx delivery_unconfirmed).'],
  ['DELIVERED', [unconfirmed], null],
  ['FAILED', [sent, failed], null],
  ['UNKNOWN', [unconfirmed], null],
  ['FAILED', [delivered], 'The carrier reported a delivery, although the message has failed.'],
  ['DELIVERED', [delivered], null],
])('A message with the status %s and the receipts %j has the note %j.', (status, receipts, note) => {
  expect(noteOf(status, receipts)).toBe(note);
});
