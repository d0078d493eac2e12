import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Record<string, unknown>;

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** Schema of responses outside the documented paths: 404 and 405 of the router, and responses to malformed HTTP. */
const ERROR: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['error', 'requestId'],
  properties: {
    error: {
      type: 'object',
      additionalProperties: false,
      required: ['code', 'message', 'details'],
      properties: { code: { type: 'string' }, message: { type: 'string', minLength: 1 }, details: { type: 'object' } },
    },
    requestId: { type: 'string', minLength: 1 },
  },
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
/** Validators by schema as JSON. The servers of one test process have similar documents, and compilation is slow. */
const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(schema);
  validators.set(key, validate);
  return validate;
}

/** Validates every response against the API document that the server itself serves. */
export class Contract {
  readonly #document: Document;
  readonly #validators = new WeakMap<object, ValidateFunction>();

  constructor(document: Document) {
    this.#document = document;
  }

  /** @throws with every deviation, when the response differs from the document. */
  check(method: string, path: string, status: number, contentType: string, body: string): void {
    const operation = this.#operation(method, path);
    const response = operation?.responses[String(status)];
    if (operation && !response && status !== 404) throw new Error(`${method} ${path}: ${status} is not documented`);
    const schema = response ? schemaOf(response, contentType) : ERROR;
    if (!schema) return;
    const validate = this.#validator(schema);
    const value = contentType.includes('json') ? JSON.parse(body) : body;
    if (validate(value)) return;
    throw new Error(`${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 500)}`);
  }

  #operation(method: string, path: string): Operation | undefined {
    const name = method.toLowerCase();
    const found = Object.entries(this.#document.paths).find(([template, operations]) => {
      const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);
      return pattern.test(path) && operations[name];
    });
    return found?.[1][name];
  }

  #validator(schema: Schema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known) return known;
    // References point into the document.
    const validate = validatorOf({ ...schema, components: (this.#document as unknown as Schema)['components'] });
    this.#validators.set(schema, validate);
    return validate;
  }
}

function schemaOf(response: Operation['responses'][string], contentType: string): Schema | undefined {
  return response.content?.[contentType.split(';')[0] ?? '']?.schema;
}
