import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { surfaceOf } from '../support/api-surface.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('Routes, fields, types and codes of the API document are those of api-surface.txt.', () => {
  // A change of the public API changes this file too: run `npm run docs:openapi`.
  const recorded = read('./api-surface.txt').trimEnd().split('\n');
  expect(surfaceOf(JSON.parse(read('../../../../docs/openapi.json')))).toEqual(recorded);
});
