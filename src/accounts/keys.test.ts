import { expect, test } from 'vitest';
import { createKeys } from './keys.ts';

const keys = createKeys(Buffer.alloc(32, 1));
const others = createKeys(Buffer.alloc(32, 2));

test('what was sealed is opened with the same key and for the same row only', () => {
  const sealed = keys.seal('whsec_c2VjcmV0', 'client_1');
  expect(sealed).not.toContain('whsec_');
  expect(keys.open(sealed, 'client_1')).toBe('whsec_c2VjcmV0');
  expect(keys.open(sealed, 'client_2')).toBeUndefined();
  expect(others.open(sealed, 'client_1')).toBeUndefined();
});

test.each(['', 'AAAA', 'not base64 at all', Buffer.alloc(64).toString('base64')])(
  'a damaged one is not opened: %s',
  (sealed) => {
    expect(keys.open(sealed, 'client_1')).toBeUndefined();
  },
);

test('a hash tells the secret from any other, under its own key only', () => {
  const hash = keys.hash('rc_secret_abc123');
  expect(keys.matches('rc_secret_abc123', hash)).toBe(true);
  expect(keys.matches('rc_secret_abc124', hash)).toBe(false);
  expect(others.matches('rc_secret_abc123', hash)).toBe(false);
});
