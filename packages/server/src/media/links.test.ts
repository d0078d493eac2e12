import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Links } from './links.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-30T12:00:00Z');
const file = {
  hash: createHash('sha256').update('photo').digest('hex'),
  mimeType: 'image/jpeg',
  byteLength: 182_340,
};

let now = NOW;
const clock = { now: () => now };
const links = new Links(Buffer.alloc(32, 7), 'https://sms.example.com', clock);
const pathOf = (url: string) => url.slice('https://sms.example.com/media/'.length);

describe('Link to a file', () => {
  test('The link names the file, and ends with a short name that has an extension.', () => {
    const url = links.urlOf(file);
    expect(url).toMatch(
      /^https:\/\/sms\.example\.com\/media\/[0-9a-f]{64}\/[0-9a-z-]+\/[0-9a-z-]+\/[0-9a-f]{64}\/[0-9a-f]{8}\.jpg$/,
    );
    expect(links.read(pathOf(url))).toEqual(file);
  });

  test('A link is valid for at least a day and at most two days.', () => {
    now = NOW;
    const path = pathOf(links.urlOf(file));
    now = NOW + DAY_MS;
    expect(links.read(path)).toEqual(file);
    now = NOW + 2 * DAY_MS;
    expect(links.read(path)).toBeUndefined();
    now = NOW;
  });

  test('All links of a file in one day are equal, so that carriers can cache the file.', () => {
    now = NOW;
    const first = links.urlOf(file);
    now = NOW + 3_600_000;
    expect(links.urlOf(file)).toBe(first);
    now = NOW;
  });

  test('A link with one changed character is unknown.', () => {
    const path = pathOf(links.urlOf(file));
    fc.assert(
      fc.property(
        fc.nat(path.length - 1),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }),
        (at, other) => {
          fc.pre(other !== path[at]);
          expect(links.read(path.slice(0, at) + other + path.slice(at + 1))).toBeUndefined();
        },
      ),
      { numRuns: 5_000 },
    );
    for (let at = 0; at < path.length; at += 1) {
      const flipped = path[at]?.toUpperCase() === path[at] ? path[at]?.toLowerCase() : path[at]?.toUpperCase();
      if (flipped !== path[at]) expect(links.read(path.slice(0, at) + flipped + path.slice(at + 1))).toBeUndefined();
      expect(links.read(path.slice(0, at) + path.slice(at + 1))).toBeUndefined();
    }
    for (const extra of ['/', 'x', '?', '%00']) expect(links.read(path + extra)).toBeUndefined();
  });

  test('A link of another installation is unknown.', () => {
    const other = new Links(Buffer.alloc(32, 8), 'https://sms.example.com', clock);
    expect(links.read(pathOf(other.urlOf(file)))).toBeUndefined();
  });
});
