// Compiles the schema of a request or response when the first one needs it. To compile all schemas before the server
// listens takes a quarter of a start.
import { type SerializerFactory, SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Ajv = Parameters<NonNullable<NonNullable<FastifyServerOptions['ajv']>['onCreate']>>[0];

const fastifySerializers = SerializerSelector();

/** Creates the serializers that Fastify would create. */
export const serializeOnFirstUse: SerializerFactory = (schemas, options) => {
  const compile = fastifySerializers(schemas, options);
  return (route) => {
    let serialize: ((data: unknown) => string) | undefined;
    return (data) => {
      serialize ??= compile(route);
      return serialize(data);
    };
  };
};

/** Changes the validator that Fastify creates. Its own option for this would turn off the conversion of header names. */
export function validateOnFirstUse(ajv: Ajv): void {
  const compile = ajv.compile.bind(ajv);
  ajv.compile = ((schema: object) => {
    let validate: ReturnType<typeof compile> | undefined;
    const first = (data: unknown) => {
      validate ??= compile(schema);
      const isValid = validate(data);
      first.errors = validate.errors;
      return isValid;
    };
    first.errors = null as ReturnType<typeof compile>['errors'];
    return first;
  }) as typeof ajv.compile;
}
