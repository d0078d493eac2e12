import { expect, test } from 'vitest';
import { createKeys } from './keys.ts';

const keys = createKeys(Buffer.alloc(32, 1));
const others = createKeys(Buffer.alloc(32, 2));

test('An encrypted text is decrypted only with the same key and for the same row.', () => {
  const sealed = keys.seal('whsec_c2VjcmV0', 'client_1');
  expect(sealed).not.toContain('whsec_');
  expect(keys.open(sealed, 'client_1')).toBe('whsec_c2VjcmV0');
  expect(keys.open(sealed, 'client_2')).toBeUndefined();
  expect(others.open(sealed, 'client_1')).toBeUndefined();
});

test.each(['', 'AAAA', 'not base64 at all', Buffer.alloc(64).toString('base64')])(
  'A damaged text is not decrypted: %s.',
  (sealed) => {
    expect(keys.open(sealed, 'client_1')).toBeUndefined();
  },
);

test('A hash matches only its own secret, under its own key.', () => {
  const hash = keys.hash('rc_secret_abc123');
  expect(keys.matches('rc_secret_abc123', hash)).toBe(true);
  expect(keys.matches('rc_secret_abc124', hash)).toBe(false);
  expect(others.matches('rc_secret_abc123', hash)).toBe(false);
});
