import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { canonicalType } from '#carriers/media-types.ts';
import { ownDirectory } from '../../test/support/directory.ts';
import { agree, detectType, extensionOf, typeOf } from './types.ts';

const directory = ownDirectory('types');

async function typeOfContent(content: string | Buffer): Promise<string | undefined> {
  const path = join(directory, 'file');
  writeFileSync(path, content);
  return detectType(path);
}

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
/** First bytes of a HEIC file: the brand of its container (ISO 23008-12). */
const HEIC = Buffer.from('00000018667479706865696300000000686569636d696631', 'hex');

describe('Type of a content', () => {
  test('Images are detected.', async () => {
    expect(await typeOfContent(await picture().jpeg().toBuffer())).toBe('image/jpeg');
    expect(await typeOfContent(await picture().png().toBuffer())).toBe('image/png');
    expect(await typeOfContent(await picture().gif().toBuffer())).toBe('image/gif');
    expect(await typeOfContent(await picture().webp().toBuffer())).toBe('image/webp');
  });

  test('HEIC is detected, and no carrier type supports it.', async () => {
    expect(await typeOfContent(HEIC)).toBe('image/heic');
    expect(canonicalType('image/heic')).toBeUndefined();
  });

  test.each([
    ['BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nEND:VCARD\r\n', 'text/vcard'],
    ['\ufeffbegin:vcard\nVERSION:3.0\n', 'text/vcard'],
    ['BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n', 'text/calendar'],
    ['Hello, BEGIN:VCARD', 'text/plain'],
    ['Grüße 🎉\tand\nmore', 'text/plain'],
    ['<!DOCTYPE html><p>', 'text/html'],
    ['  <html>', 'text/html'],
    ['\ufeff<!-- a comment --><svg/>', 'image/svg+xml'],
    ['\ufeff \n<!-- a comment -->\n<p>', 'text/html'],
    ['Hello\n<script>alert(1)</script>', 'text/html'],
    ['<?php', 'text/html'],
    ['</p>', 'text/html'],
    ['I <3 you, 1<2 and a<b', 'text/plain'],
    ['<3', 'text/plain'],
    ['The <b>bold</b> and the <scripted>', 'text/plain'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['\u0001\u0002', undefined],
    ['', undefined],
  ])('Text %j is %s.', async (text, type) => {
    const found = await typeOfContent(text);
    // The library detects some texts as XML or SVG by itself.
    if (type === 'image/svg+xml') expect(canonicalType(found ?? '')).toBeUndefined();
    else expect(found).toBe(type);
  });

  test('A text that begins with a comment of any length is no plain text.', async () => {
    expect(await typeOfContent(`<!-- ${'x'.repeat(5_000)} --><svg/>`)).toBe('text/html');
  });

  test('A text whose last character is cut at the limit of the detection is a text.', async () => {
    expect(await typeOfContent(`${'a'.repeat(4_095)}🎉`)).toBe('text/plain');
  });
});

describe('Declared type', () => {
  test('Parameters and case do not count.', () => {
    expect(typeOf('Image/JPEG; q=1')).toBe('image/jpeg');
    expect(typeOf(undefined)).toBe('');
    expect(canonicalType('image/jpg')).toBe('image/jpeg');
  });

  test.each([
    ['image/jpeg', 'image/jpeg', true],
    ['image/jpeg', 'image/png', false],
    ['audio/mp4', 'video/mp4', true],
    ['text/plain', 'text/vcard', true],
    ['text/vcard', 'text/plain', false],
  ])('%s for a content of type %s: %s.', (declared, detected, expected) => {
    expect(agree(declared, detected)).toBe(expected);
  });

  test('A file name gets the usual extension.', () => {
    expect(extensionOf('image/jpg')).toBe('jpg');
    expect(extensionOf('application/unknown')).toBe('bin');
  });
});
