import { expect, test } from 'vitest';
import { withSharedParameters } from './shared-parameters.ts';

const limit = { in: 'query', name: 'limit', schema: { type: 'integer', maximum: 500 } };
const smallLimit = { in: 'query', name: 'limit', schema: { type: 'integer', maximum: 50 } };
const idInPath = { in: 'path', name: 'id', schema: { type: 'string' } };
const idInQuery = { in: 'query', name: 'id', schema: { type: 'string' } };

test('A parameter of several operations is a component, and each operation refers to it.', () => {
  const { paths, parameters } = withSharedParameters({
    '/a': { get: { parameters: [limit, idInQuery] }, post: { responses: {} } },
    '/b': { get: { parameters: [limit] } },
  });
  expect(parameters).toEqual({ 'query.limit': limit });
  const reference = { $ref: '#/components/parameters/query.limit' };
  expect(paths).toEqual({
    '/a': { get: { parameters: [reference, idInQuery] }, post: { responses: {} } },
    '/b': { get: { parameters: [reference] } },
  });
});

test('Only the most frequent of two parameters with one name and location is a component.', () => {
  const { paths, parameters } = withSharedParameters({
    '/a': { get: { parameters: [smallLimit] }, put: { parameters: [smallLimit] } },
    '/b': { get: { parameters: [limit] }, put: { parameters: [limit] }, post: { parameters: [limit] } },
  });
  expect(parameters).toEqual({ 'query.limit': limit });
  expect(paths['/a']).toEqual({ get: { parameters: [smallLimit] }, put: { parameters: [smallLimit] } });
});

test('Parameters with one name and two locations are two components.', () => {
  const { parameters } = withSharedParameters({
    '/a': { get: { parameters: [idInPath, idInQuery] }, put: { parameters: [idInPath, idInQuery] } },
  });
  expect(parameters).toEqual({ 'path.id': idInPath, 'query.id': idInQuery });
});
