import { expect, test } from 'vitest';
import { canonicalZone, isZone } from './zone-names.ts';

test('Names of IANA are zones in any case, including aliases.', () => {
  const names = ['Europe/Berlin', 'EUROPE/BERLIN', 'america/argentina/buenos_aires', 'US/Eastern', 'Etc/GMT+5', 'utc'];
  expect(names.filter((name) => !isZone(name))).toEqual([]);
  expect(['EST', 'EST5EDT', 'GMT', 'UTC', 'Japan', 'NZ-CHAT'].filter((name) => !isZone(name))).toEqual([]);
});

test.each([
  ['+01:00', 'an offset'],
  ['-08', 'an offset'],
  ['PST', 'an abbreviation that only ICU knows'],
  ['IST', 'an abbreviation with several meanings'],
  ['SystemV/EST5EDT', 'a name that only ICU knows'],
  ['Etc/Unknown', 'the unknown zone'],
  ['Europe/Atlantis', 'an unknown place'],
  ['Europe/Berlin ', 'a name with a space'],
  ['Europe/Berlin\0', 'a name with a control character'],
  ['', 'an empty text'],
  ['E'.repeat(100_000), 'a long text'],
])('%j is no zone (%s).', (name) => {
  expect(isZone(name)).toBe(false);
});

test('Aliases have one canonical name.', () => {
  expect(canonicalZone('asia/kathmandu')).toBe(canonicalZone('Asia/Katmandu'));
  expect(canonicalZone('US/EASTERN')).toBe('America/New_York');
  expect(canonicalZone('+01:00')).toBeUndefined();
});
