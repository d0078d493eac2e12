import formbody from '@fastify/formbody';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { TOKEN_SECONDS } from '../../accounts/tokens.ts';
import type { App, Rooms } from '../app.ts';

type OAuthCode = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'server_error';

const STATUS: Record<OAuthCode, number> = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  server_error: 500,
};

/** RFC 6749 §5.2. */
class OAuthError extends Error {
  readonly code: OAuthCode;

  constructor(code: OAuthCode, description: string) {
    super(description);
    this.code = code;
  }
}

const OAuthErrorResponse = Type.Object(
  { error: Type.String(), error_description: Type.String() },
  {
    description: 'RFC 6749 §5.2',
    examples: [{ error: 'invalid_client', error_description: 'Client authentication failed' }],
  },
);

const schema = {
  operationId: 'issueToken',
  summary: 'Get an access token',
  description:
    'OAuth 2 client_credentials. The client authenticates by HTTP Basic, or by `client_id` and `client_secret` in the body.',
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
        description: 'A bearer token for an hour',
        examples: [{ access_token: 'rc_token_example', token_type: 'bearer', expires_in: 3600 }],
      },
    ),
    400: OAuthErrorResponse,
    401: OAuthErrorResponse,
    413: OAuthErrorResponse,
    429: OAuthErrorResponse,
    500: OAuthErrorResponse,
  },
};

/** Client ids and secrets are printable ASCII; anything else can't be one, and never reaches the store. */
const CREDENTIAL = /^[\x20-\x7e]{1,255}$/;

interface Credentials {
  id: string;
  secret: string;
}

/** In a scope of its own: it speaks forms, and OAuth's errors. */
export async function tokenRoutes(app: App, { accounts, tokens, log }: Rooms): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: 16_384 });

  app.setErrorHandler((error: FastifyError | OAuthError, request, reply) => {
    const refusal = error instanceof OAuthError ? error : translated(error);
    if (refusal.code === 'server_error') log.error({ event: 'request_failed', requestId: request.id, err: error });
    request.logged['code'] = refusal.code;
    if (refusal.code === 'invalid_client' && usesBasic(request))
      reply.header('www-authenticate', 'Basic realm="redcloud"');
    return reply
      .code(
        error instanceof OAuthError || (error.statusCode ?? 500) >= 500
          ? STATUS[refusal.code]
          : (error.statusCode ?? 400),
      )
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      .send({ error: refusal.code, error_description: refusal.message });
  });

  // The form is judged below, in OAuth's own terms; the schema is for the API document.
  app.post('/api/auth/token', { schema, validatorCompiler: () => () => true }, async (request, reply) => {
    const form = readForm(request.body);
    if (form.get('grant_type') === undefined) throw new OAuthError('invalid_request', 'grant_type is required');
    const { id, secret } = readCredentials(request, form);
    if (form.get('grant_type') !== 'client_credentials') {
      throw new OAuthError('unsupported_grant_type', 'Only client_credentials is supported');
    }
    const printable = CREDENTIAL.test(id) && CREDENTIAL.test(secret);
    const apiClientId = printable ? await accounts.authenticate(id, secret) : undefined;
    if (!apiClientId) throw new OAuthError('invalid_client', 'Client authentication failed');
    request.logged['apiClientId'] = apiClientId;
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    return { access_token: await tokens.issue(apiClientId), token_type: 'bearer' as const, expires_in: TOKEN_SECONDS };
  });
}

/** Answers a request for which the server has no capacity. RFC 6749 §5.2 has no code for this; §4.1.2.1 has one. */
export function refuseToken(reply: FastifyReply, retryAfterSeconds: number): void {
  const description = 'Too many requests are under way. Repeat this request later.';
  reply
    .code(429)
    .headers({ 'retry-after': retryAfterSeconds, pragma: 'no-cache' })
    .send({ error: 'temporarily_unavailable', error_description: description });
}

function translated(error: FastifyError): OAuthError {
  const { statusCode = 500, code } = error;
  if (statusCode >= 500) return new OAuthError('server_error', 'The token could not be issued; try again');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    error.statusCode = 400;
    return new OAuthError('invalid_request', 'Content-Type must be application/x-www-form-urlencoded');
  }
  return new OAuthError(
    'invalid_request',
    code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'The body is too large' : error.message,
  );
}

/** RFC 6749 §3.2: parameters without a value count as omitted; none may be given twice. */
function readForm(body: unknown): Map<string, string> {
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(body ?? {})) {
    if (typeof value !== 'string') throw new OAuthError('invalid_request', 'A parameter is repeated');
    if (value !== '') form.set(name, value);
  }
  return form;
}

function readCredentials(request: FastifyRequest, form: Map<string, string>): Credentials {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if (usesBasic(request)) {
    const basic = readBasic(request.headers.authorization ?? '');
    if (secret !== undefined || (id !== undefined && id !== basic.id)) {
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
  return /^basic(\s|$)/i.test(headers.authorization ?? '');
}

/** RFC 6749 §2.3.1: both parts are form-encoded before RFC 7617 puts them together. */
function readBasic(header: string): Credentials {
  const decoded = Buffer.from(header.slice('basic'.length).trim(), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw new OAuthError('invalid_client', 'Client authentication failed');
  try {
    return { id: formDecoded(decoded.slice(0, colon)), secret: formDecoded(decoded.slice(colon + 1)) };
  } catch {
    throw new OAuthError('invalid_client', 'Client authentication failed');
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
