import { expect, test } from 'vitest';
import { Failure } from '../../api/call.ts';
import { mediaState, missingReason } from './media-state.ts';

const PICTURE = { storageKey: 'storage_1', mimeType: 'image/JPEG', byteLength: 10 };
const GONE = new Failure(404, 'NOT_FOUND', 'No such media');

test('An image that browsers display is an image, and any other type is a file to download.', () => {
  expect(mediaState(PICTURE, 'rc_1')).toEqual({ kind: 'image', storageKey: 'storage_1', fileName: 'storage_1' });
  for (const mimeType of ['image/tiff', 'image/svg+xml', 'video/mp4', 'text/html'])
    expect(mediaState({ ...PICTURE, mimeType, fileName: 'a.bin' }, 'rc_1')).toEqual({
      kind: 'file',
      storageKey: 'storage_1',
      fileName: 'a.bin',
    });
});

test('A received file without a key has a reason: its error, the missing API client, or the pending copy.', () => {
  const { storageKey: _, ...rest } = PICTURE;
  expect(mediaState({ ...rest, error: 'HTTP 500' }, 'rc_1')).toEqual({
    kind: 'none',
    reason: 'The file could not be copied from the carrier: HTTP 500',
  });
  expect(mediaState(rest, 'rc_1')).toMatchObject({
    reason: expect.stringContaining('not copied from the carrier yet'),
  });
  expect(mediaState(PICTURE, null)).toMatchObject({ reason: expect.stringContaining('no API client') });
});

test('A missing file was deleted, is not fetched yet, or was not fetched, and other failures have no such reason.', () => {
  const fromUrl = { ...PICTURE, sourceUrl: 'https://example.com/a.jpg' };
  expect(missingReason(GONE, PICTURE, false)).toContain('retention period');
  expect(missingReason(GONE, fromUrl, true)).toContain('not fetched from its source yet');
  expect(missingReason(GONE, fromUrl, false)).toContain('was not fetched from its source');
  expect(missingReason(new Failure(502, 'UPSTREAM_ERROR', 'lost'), fromUrl, true)).toBeUndefined();
});
