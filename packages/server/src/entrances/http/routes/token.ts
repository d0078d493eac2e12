import formbody from '@fastify/formbody';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { DatabaseUnavailable } from '#db/db.ts';
import { named } from '#entrances/http/schemas/schemas.ts';
import { TOKEN_SECONDS } from '#identity/tokens.ts';
import { ApiError } from '#platform/errors.ts';
import type { App, Modules } from '../app.ts';

const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  server_error: 500,
  // RFC 6749 §5.2 has no code for a temporary rejection. This code is from §4.1.2.1.
  temporarily_unavailable: 429,
} as const;

/** Error of RFC 6749 §5.2. */
class OAuthError extends Error {
  readonly code: keyof typeof STATUS;
  readonly status: number;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(
    code: keyof typeof STATUS,
    description: string,
    { status = STATUS[code], retryAfter }: { status?: number; retryAfter?: number | undefined } = {},
  ) {
    super(description);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const OAuthErrorResponse = named(
  'OAuthError',
  Type.Object(
    { error: Type.String(), error_description: Type.String() },
    {
      description: 'RFC 6749 §5.2',
      examples: [{ error: 'invalid_client', error_description: 'Client authentication failed' }],
    },
  ),
);

const schema = {
  operationId: 'issueToken',
  summary: 'Get an access token',
  description:
    'OAuth 2 client_credentials. The client authenticates by HTTP Basic, or by `client_id` and `client_secret` in the ' +
    'body. Too many wrong secrets return 429 with `Retry-After`. The right secret is always accepted.',
  tags: ['Account'],
  consumes: ['application/x-www-form-urlencoded'],
  security: [{ basic: [] }, {}],
  body: Type.Object(
    {
      grant_type: Type.Optional(
        Type.Unsafe<unknown>({ type: 'string', description: '`client_credentials`. Required.' }),
      ),
      client_id: Type.Optional(Type.Unsafe<unknown>({ type: 'string' })),
      client_secret: Type.Optional(Type.Unsafe<unknown>({ type: 'string' })),
    },
    {
      examples: [
        { grant_type: 'client_credentials', client_id: 'rc_test_client_123', client_secret: 'rc_secret_abc123' },
      ],
    },
  ),
  response: {
    200: Type.Object(
      { access_token: Type.String(), token_type: Type.Literal('bearer'), expires_in: Type.Integer() },
      {
        description: 'Bearer token, valid for one hour',
        examples: [{ access_token: 'rc_token_example', token_type: 'bearer', expires_in: 3600 }],
      },
    ),
    400: OAuthErrorResponse,
    401: OAuthErrorResponse,
    403: OAuthErrorResponse,
    413: OAuthErrorResponse,
    429: OAuthErrorResponse,
    500: OAuthErrorResponse,
    502: OAuthErrorResponse,
  },
};

interface Credentials {
  id: string;
  secret: string;
}

/** Registers the token route in a scope of its own, with form bodies and OAuth errors. */
export async function tokenRoutes(app: App, { clientSecrets, tokens, guesses, log }: Modules): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: 16_384 });

  app.setErrorHandler((error: FastifyError | ApiError | OAuthError, request, reply) => {
    const { code, message, status, retryAfter } = error instanceof OAuthError ? error : translated(error);
    if (code === 'server_error') log.error({ event: 'request_failed', requestId: request.id, err: error });
    request.logged['code'] = code;
    if (code === 'invalid_client' && usesBasic(request)) reply.header('www-authenticate', 'Basic realm="redcloud"');
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    return reply
      .code(status as never)
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      .send({ error: code, error_description: message } as never);
  });

  /**
   * @throws OAuthError unless id and secret are right and the client may act. A suspended client's right secret is no
   *   guess.
   */
  async function authenticate(request: FastifyRequest, credentials: Credentials | undefined): Promise<string> {
    const { id = '', secret = '' } = credentials ?? {};
    const outcome = await clientSecrets.authenticate(id, secret);
    if (outcome === 'right') return id;
    const limited = outcome === 'wrong' && guesses.count(request, 'client_secret', { client: id });
    if (!limited) throw new OAuthError('invalid_client', 'Client authentication failed');
    throw new OAuthError('temporarily_unavailable', limited.message, { retryAfter: limited.retryAfterSeconds });
  }

  // The form is validated below, with OAuth errors. The schema is for the API document.
  app.post('/api/auth/token', { schema, validatorCompiler: () => () => true }, async (request, reply) => {
    const form = readForm(request.body);
    if (form.get('grant_type') === undefined) throw new OAuthError('invalid_request', 'grant_type is required');
    const credentials = readCredentials(request, form);
    if (form.get('grant_type') !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'Only client_credentials is supported');
    }
    const apiClientId = await authenticate(request, credentials);
    request.logged['apiClientId'] = apiClientId;
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    return { access_token: await tokens.issue(apiClientId), token_type: 'bearer' as const, expires_in: TOKEN_SECONDS };
  });
}

/** Rejects a request for which the server has no capacity. The code is from RFC 6749 §4.1.2.1, since §5.2 has none. */
export function refuseToken(reply: FastifyReply, retryAfterSeconds: number): void {
  const description = 'Too many requests are under way. Repeat this request later.';
  reply
    .code(429)
    .headers({ 'retry-after': retryAfterSeconds, pragma: 'no-cache' })
    .send({ error: 'temporarily_unavailable', error_description: description });
}

function translated(error: FastifyError | ApiError): OAuthError {
  const { code } = error;
  if (error instanceof DatabaseUnavailable) {
    return new OAuthError('server_error', 'The database is unreachable. Repeat the request later.', { status: 502 });
  }
  // Hooks of the whole server reject a missing Host, or a Host that is foreign to the sandbox.
  const statusCode = error instanceof ApiError ? error.status : (error.statusCode ?? 500);
  if (statusCode >= 500) return new OAuthError('server_error', 'The token could not be issued. Repeat the request.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new OAuthError('invalid_request', 'Content-Type must be application/x-www-form-urlencoded');
  }
  const message = code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'The body is too large' : error.message;
  return new OAuthError('invalid_request', message, { status: statusCode });
}

/** RFC 6749 §3.2: parameters without a value count as omitted, and no parameter may be repeated. */
function readForm(body: unknown): Map<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(body ?? {})) {
    if (typeof value !== 'string') throw new OAuthError('invalid_request', 'A parameter is repeated');
    if (value !== '') form.set(name, value);
  }
  return form;
}

/** @returns undefined for unreadable Basic credentials, which count as wrong ones. */
function readCredentials(request: FastifyRequest, form: Map<string, string>): Credentials | undefined {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if ((request.raw.headersDistinct['authorization'] ?? []).length > 1) {
    throw new OAuthError('invalid_request', 'The Authorization header is repeated');
  }
  if (usesBasic(request)) {
    const basic = readBasic(request.headers.authorization ?? '');
    if (secret !== undefined || (id !== undefined && basic !== undefined && id !== basic.id)) {
      throw new OAuthError('invalid_request', 'Use one method of client authentication, not two');
    }
    return basic;
  }
  if (request.headers.authorization) throw new OAuthError('invalid_request', 'The Authorization scheme must be Basic');
  if (id === undefined || secret === undefined) {
    throw new OAuthError('invalid_request', 'client_id and client_secret are required');
  }
  return { id, secret };
}

function usesBasic({ headers }: FastifyRequest): boolean {
  return /^basic( |$)/i.test(headers.authorization ?? '');
}

/**
 * Reads Basic credentials (RFC 7617 §2). Requires base64 as in RFC 4648 §4, since decoders accept other texts for the
 * same bytes. Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1).
 */
function readBasic(header: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1] ?? '';
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined;
  const [id, ...secret] = bytes.toString('utf8').split(':');
  try {
    return { id: formDecoded(id ?? ''), secret: formDecoded(secret.join(':')) };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
