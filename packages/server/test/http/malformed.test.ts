import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Call, OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const SEED = 20_261_123;
const MIB = 1_048_576;
const CODES: Record<number, string> = { 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' };

let redcloud: TestRedCloud;
/** Number of malformed requests so far. */
let made = 0;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

type Json = Record<string, unknown>;
type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

const KINDS: Record<Kind, fc.Arbitrary<unknown>> = {
  string: fc.string({ unit: 'grapheme' }),
  number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  boolean: fc.boolean(),
  null: fc.constant(null),
  array: fc.array(fc.jsonValue(), { maxLength: 5 }),
  object: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
};

const MEDIA = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182340 };
const SEND: Json = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello' };
const MMS: Json = { ...SEND, messageType: 'MMS', media: [MEDIA] };
const SEND_PATH = '/api/core/messages/send';

interface Route {
  method: string;
  path: string;
  token: string;
  /** Creates a body with these fields. */
  body(fields: Json): unknown;
  fields: { name: string; required: boolean; kinds: Kind[] }[];
}

/** @param fields `name` for a string, `name:kind` for another type, `!` for required, `?` for nullable. */
function route(name: string, body: Route['body'], fields: string): Route {
  const [method, path] = name.split(' ') as [string, string];
  return {
    method,
    path,
    body,
    token: path.startsWith('/api/admin') ? OPERATOR : TOKEN,
    fields: fields.split(' ').map((field) => {
      const [, name = '', mark, kind = 'string'] = /^(\w+)([!?]?):?(\w+)?$/.exec(field) ?? [];
      return { name, required: mark === '!', kinds: [kind, ...(mark === '?' ? ['null'] : [])] as Kind[] };
    }),
  };
}

const x = (length: number) => 'x'.repeat(length);
const url = `https://x.com/${x(2048)}`;
const words = (list: string) => list.split(' ');
/** The shortest string that is too long, by field. */
const TOO_LONG: Record<string, string> = {
  ...Object.fromEntries(
    words('sendFrom externalReference fileName accountId apiClientId').map((name) => [name, x(256)]),
  ),
  ...Object.fromEntries(words('name campaignregId campaignRegId').map((name) => [name, x(256)])),
  ...Object.fromEntries(words('webhookInboundOverride webhookDeliveryOverride').map((name) => [name, url])),
  ...Object.fromEntries(words('sourceUrl deliveryWebhookUrl inboundWebhookUrl').map((name) => [name, url])),
  ...{ text: x(1601), storageKey: x(513), mimeType: `a/${x(126)}`, e164: '+1555999000100000' },
  ...{ recipient: '+1555999000100000', source: x(256), note: x(1001) },
  ...{ npa: '5035', zipCode: '972010', city: x(101), rateCenter: x(101) },
};
const MESSAGE =
  'sendFrom! to!:array messageType! text media:array externalReference deliveryGuarantee smartEncoding:boolean';
const OVERRIDES = 'webhookInboundOverride? webhookDeliveryOverride?';
const CLIENT = 'capabilities:array deliveryWebhookUrl? inboundWebhookUrl?';
const SETTINGS = `apiClientId? status campaignRegId? smsEnabled:boolean mmsEnabled:boolean ${OVERRIDES}`;
const ROUTES = [
  route(`POST ${SEND_PATH}`, (fields) => ({ ...SEND, ...fields }), MESSAGE),
  route(
    `POST ${SEND_PATH}`,
    (fields) => ({ ...MMS, media: [{ ...MEDIA, ...fields }] }),
    'storageKey! mimeType! byteLength!:number sourceUrl fileName',
  ),
  route(`POST ${SEND_PATH}`, ({ to = 'x', ...fields }) => ({ ...SEND, ...fields, to: [to] }), 'to'),
  route(
    'POST /api/core/numbers/search',
    (fields) => ({ state: 'OR', ...fields }),
    'npa nxx city state zipCode rateCenter limit:number',
  ),
  route('PATCH /api/core/numbers/num_abc123', (fields) => fields, `campaignregId? ${OVERRIDES}`),
  route('POST /api/core/webhooks/secret/rotate', (fields) => fields, 'overlapSeconds:number'),
  route('POST /api/admin/clients/client_x/webhook-secret/rotate', (fields) => fields, 'overlapSeconds:number'),
  route(
    'POST /api/core/opt-outs',
    (fields) => ({ numberId: 'num_abc123', recipient: '+15551234567', ...fields }),
    'numberId! recipient! source note',
  ),
  route('POST /api/admin/accounts', (fields) => ({ name: 'x', ...fields }), 'name!'),
  route('PATCH /api/admin/accounts/acc_x', (fields) => fields, 'name status'),
  route(
    'POST /api/admin/clients',
    (fields) => ({ accountId: 'acc_x', name: 'x', ...fields }),
    `accountId! name! ${CLIENT}`,
  ),
  route('PATCH /api/admin/clients/client_x', (fields) => fields, `name status ${CLIENT}`),
  route('POST /api/admin/numbers', (fields) => fields, 'numbers!:array'),
  route(
    'POST /api/admin/numbers',
    (fields) => ({ numbers: [{ e164: '+15559990001', ...fields }] }),
    `e164! npa? nxx? city? state? zipCode? rateCenter? ${SETTINGS}`,
  ),
  route('PATCH /api/admin/numbers/num_abc123', (fields) => fields, SETTINGS),
];

interface Refusal {
  status: number;
  requestId: string | null | undefined;
  json: Json;
}

function expectRefusal({ status, requestId, json }: Refusal, expected: number, what: string): void {
  const error = {
    code: CODES[expected] ?? 'INVALID_REQUEST',
    message: expect.stringMatching(/./),
    details: expect.any(Object),
  };
  expect({ status, json }, what).toEqual({ status: expected, json: { error, requestId } });
  expect(requestId, what).toMatch(/^[\w.-]{1,64}$/);
  expect((json['error'] as { message: string }).message.isWellFormed(), `${what}: its message`).toBe(true);
}

async function refused(expected: number, path: string, call: Call = {}): Promise<Headers> {
  made += 1;
  const { status, headers, json } = await redcloud.call(path, call);
  const what = `${call.method ?? 'GET'} ${path} ${String(call.raw ?? JSON.stringify(call.body))} `.slice(0, 300);
  expectRefusal({ status, requestId: headers.get('x-request-id'), json }, expected, what);
  return headers;
}

const refusedBody = ({ method, path, token }: Route, body: Pick<Call, 'body' | 'raw'>, expected = 400) =>
  refused(expected, path, { method, token, ...body, headers: { 'idempotency-key': 'malformed' } });
const refusedFields = (route: Route, fields: Json) => refusedBody(route, { body: route.body(fields) });
const refusedSend = (raw: string | Uint8Array, expected = 400, headers = {}) =>
  refused(expected, SEND_PATH, { method: 'POST', raw, headers: { 'idempotency-key': 'malformed', ...headers } });
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) => fc.sample(arbitrary, { seed: SEED, numRuns });

function refusals(route: (typeof ROUTES)[number]): void {
  test('A field of any other type is rejected.', async () => {
    for (const { name, kinds } of route.fields) {
      const wrong = (Object.keys(KINDS) as Kind[]).filter((kind) => !kinds.includes(kind));
      const values = wrong.flatMap((kind) => sample(KINDS[kind], kind === 'null' ? 1 : 2));
      for (const value of values) await refusedFields(route, { [name]: value });
    }
  });

  test('Fields that are too long, missing or unknown and bodies that are not objects are rejected.', async () => {
    for (const { name, required } of route.fields) {
      const tooLong = TOO_LONG[name];
      if (required) await refusedFields(route, { [name]: undefined });
      if (tooLong)
        for (const value of [tooLong, tooLong.padEnd(200_000, 'x')]) await refusedFields(route, { [name]: value });
    }
    for (const name of ['', 'colour', 'constructor', 'toString', '\u{1f600}'])
      await refusedFields(route, { [name]: 'x' });
    for (const body of [null, true, 1, 'x', [], [SEND]]) await refusedBody(route, { body });
  });

  test('U+0000 and unpaired surrogates are rejected in values and in keys.', async () => {
    const names = route.fields.filter(({ kinds }) => kinds.includes('string')).map(({ name }) => name);
    for (const bad of ['a\0b', '\ud83d', 'a\udc00b', '\udc00\ud800']) {
      for (const name of names) await refusedFields(route, { [name]: bad });
      await refusedFields(route, { [bad]: 'x' });
    }
  });

  test('Other content types, larger bodies and invalid JSON are rejected.', async () => {
    const { method, path, token } = route;
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
      await refused(415, path, { method, token, raw: '{}', headers: { 'content-type': type } });
    }
    await refusedBody(route, { raw: `"${x(MIB - 2)}"` });
    await refusedBody(route, { raw: `"${x(MIB - 1)}"` }, 413);
    for (const raw of ['', '{', '\0', "{'a':1}", '{"a":1,}', 'undefined']) await refusedBody(route, { raw });
    await refused(401, path, { method, token: null, raw: x(MIB + 1) });
  });
}

const NAME = '$method $path with $fields.0.name';
// The other routes have the same checks of the same library.
describe.each(ROUTES.slice(0, 3))(NAME, refusals);
describe.each(ROUTES.slice(3))(NAME, { tags: 'slow' }, refusals);

describe('A JSON body', () => {
  const JSON_SEND = JSON.stringify(SEND);
  const withMember = (member: string) => `${JSON_SEND.slice(0, -1)},${member}}`;

  test('A truncated JSON body is rejected at every length.', async () => {
    for (let length = 0; length < JSON_SEND.length; length += 1) await refusedSend(JSON_SEND.slice(0, length));
  });

  test('Arbitrary JSON, arbitrary bytes and almost valid JSON are rejected.', async () => {
    for (const raw of sample(fc.json(), 60)) await refusedSend(raw);
    for (const raw of sample(fc.uint8Array({ minLength: 1, maxLength: 64 }), 60)) await refusedSend(raw);
    const nearly = words('NaN - 01 1e "\\x" "\t" [1,] {"a"} {"a":} // nul');
    for (const raw of [...nearly, `${JSON_SEND}x`, JSON_SEND.repeat(2), `/**/${JSON_SEND}`]) await refusedSend(raw);
  });

  test('A body that is not UTF-8 is rejected, and a byte order mark is ignored.', async () => {
    for (const hex of words('ff c328 c0af eda080 edb080 f5808080 80 e282 f0288cbc fe f4908080')) {
      const bytes = Buffer.from(withMember('"text":"?"'))
        .toString('hex')
        .replace(/3f227d$/, `${hex}227d`);
      await refusedSend(Buffer.from(bytes, 'hex'));
    }
    await refusedSend(Buffer.from(`\ufeff${JSON_SEND}`, 'utf16le'));
    await refusedSend(Buffer.from(withMember('"text":"é"'), 'latin1'));
    await refusedSend('\ufeff');
    await refusedSend(`\ufeff\ufeff${JSON_SEND}`);
    expect((await redcloud.send('bom', {}, { raw: `\ufeff${JSON_SEND}` })).status).toBe(202);
  });

  test('A body with a nesting depth of 100,000 is rejected.', async () => {
    const [open, close] = ['['.repeat(100_000), ']'.repeat(100_000)];
    const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const deep of [open, open + close, `${open}"\\u0000"${close}`, objects]) {
      await refusedSend(deep);
      for (const field of ['to', 'text', 'media', 'colour']) await refusedSend(withMember(`"${field}":${deep}`));
    }
  });

  test('A body with prototype keys is rejected.', async () => {
    const poisoned = words('"__proto__":{"a":1} "\\u005f_proto__":{} "__proto__":null');
    const members = [...poisoned, '"constructor":{"prototype":{"a":1}}'];
    for (const member of members) {
      await refusedSend(withMember(member));
      await refusedSend(withMember(`"media":[{${member}}]`));
      await refusedSend(`{${member}}`);
    }
    expect(({} as Json)['a']).toBeUndefined();
  });

  test('A repeated key has its last value, also in the fingerprint.', async () => {
    const twice = await redcloud.send('twice', {}, { raw: withMember('"text":"last"') });
    const last = await redcloud.send('twice', {}, { raw: JSON.stringify({ ...SEND, text: 'last' }) });
    expect([twice.status, last.text, last.headers.get('idempotent-replayed')]).toEqual([202, twice.text, 'true']);
  });

  test('A body with too many array items is rejected.', async () => {
    const to = (count: number) => JSON.stringify({ ...SEND, to: Array(count).fill('+15551234567') });
    for (const count of [1001, 50_000]) await refusedSend(to(count));
    for (const count of [11, 10_000]) await refusedSend(JSON.stringify({ ...MMS, media: Array(count).fill(MEDIA) }));
    await refusedSend(to(100_000), 413);
  });

  test('A body with another charset than UTF-8 or another type than JSON is rejected.', async () => {
    const charsets = words('latin1 "utf-16" UTF-16LE windows-1252 "iso-8859-1"').map(
      (name) => `application/json; charset=${name}`,
    );
    const types = words(
      'text/json application/jsonx application/vnd.api+json application/* json ; multipart/form-data ',
    );
    for (const type of [...charsets, ...types]) await refusedSend(JSON_SEND, 415, { 'content-type': type });
    for (const type of ['APPLICATION/JSON', 'application/json; charset="UTF-8"']) {
      expect((await redcloud.send(`as ${type}`, {}, { headers: { 'content-type': type } })).status).toBe(202);
    }
  });

  test('The message about a rejected body is itself well-formed.', async () => {
    await refusedSend(withMember(`"${x(99)}\u{1f600}":1`));
  });
});

describe('Headers', () => {
  const JOINED = words(`Bearer ${TOKEN} Bearer${TOKEN} null Basic`);
  const AFTER = [
    '',
    ' ',
    ' x y',
    `"${TOKEN}"`,
    `${TOKEN},`,
    `${TOKEN} x`,
    TOKEN.slice(1),
    x(8000),
    'a.b.c',
    'é',
    '..',
    `Bearer ${TOKEN}`,
  ];
  const ALL = [...JOINED, ...AFTER.map((text) => `Bearer ${text}`), `Basic ${TOKEN}`, `Token ${TOKEN}`, ''];
  test.each(ALL)('An invalid Authorization header is 401: "%.40s".', async (authorization) => {
    // Lets the wrong tokens of the previous test expire.
    redcloud.clock.advance(60_000);
    for (const path of ['/api/core/whoami', '/api/core/numbers', '/api/admin/numbers']) {
      await refused(401, path, { token: null, headers: { authorization } });
    }
    await refused(401, SEND_PATH, { method: 'POST', token: null, raw: '{', headers: { authorization } });
  });

  test('A send requires an Idempotency-Key of 1 to 255 printable ASCII characters.', async () => {
    await refused(400, SEND_PATH, { method: 'POST', body: SEND });
    for (const key of ['', ' ', '\t', x(256), x(8000), 'a\tb', 'é', 'a\xa0b', 'ÿ']) {
      await refused(400, SEND_PATH, { method: 'POST', body: SEND, headers: { 'idempotency-key': key } });
    }
    for (const key of ['~', '! "#', x(255)]) expect((await redcloud.send(key)).status).toBe(202);
  });

  test('A valid X-Request-Id is returned, and an invalid one is replaced.', async () => {
    for (const path of ['/api/core/whoami', '/api/core/nothing', '/health/live', '/api/core/numbers/%ff']) {
      for (const id of ['a', 'A-z_0.9', x(64)]) {
        const { headers } = await redcloud.call(path, { headers: { 'x-request-id': id } });
        expect(headers.get('x-request-id')).toBe(id);
      }
      for (const id of ['', x(65), 'a b', 'a,b', 'é', '<script>', 'a/b', x(5000)]) {
        const { headers } = await redcloud.call(path, { headers: { 'x-request-id': id } });
        expect(headers.get('x-request-id')).toMatch(/^req_\w+$/);
      }
    }
    await refused(404, '/api/core/nothing', { headers: { 'x-request-id': 'a b' } });
  });
});

describe('Paths', () => {
  const ODD = words("%00 a%00b %F0%9F%98%80 ž ..%2f.. a%2fb %5c '%20or%20'1'='1 %25ff %EF%BF%BE");
  const BROKEN = words('%ff % %zz %ed%a0%80 %c0%af a%e2%82');
  const OPERATORS: [string, string, object?][] = [
    ['PATCH', '/accounts/:id', { name: 'x' }],
    ['GET', '/clients/:id'],
    ['PATCH', '/clients/:id', { name: 'x' }],
    ['POST', '/clients/:id/secrets'],
    ['GET', '/clients/:id/secrets'],
    ['DELETE', '/clients/:id/secrets/secret_x'],
    ['DELETE', '/clients/rc_test_client_123/secrets/:id'],
    ['PATCH', '/numbers/:id', { status: 'ACTIVE' }],
  ];
  const number = (id: string, status: number) =>
    refused(status, `/api/core/numbers/${id}`, { method: 'PATCH', body: { campaignregId: 'camp_x' } });
  const operator = (id: string, status: number, [method, path, body]: [string, string, object?]) =>
    refused(status, `/api/admin${path.replace(':id', id)}`, { method, token: OPERATOR, ...(body && { body }) });

  test.each([...ODD, x(300)])('The unknown number id %.20s is 404.', async (id) => {
    await number(id, 404);
  });
  test.each([...ODD, x(300)])('The unknown id %.20s is 404 on every operator route.', async (id) => {
    for (const route of OPERATORS) await operator(id, 404, route);
  });
  test('A broken escape in a number id is 400.', async () => {
    for (const id of BROKEN) await number(id, 400);
  });
  test.each(OPERATORS)('A broken escape is 400 in %s %s.', async (...route) => {
    for (const id of BROKEN) await operator(id, 400, route);
  });
  test.each(['POST /clients/client_x/secrets', 'DELETE /clients/client_x/secrets/secret_x'])(
    '%s takes no body, and its rejection of a body is documented.',
    async (route) => {
      const [method, path] = words(route) as [string, string];
      await refused(400, `/api/admin${path}`, { method, token: OPERATOR, raw: '{' });
      // An empty body counts as none, independent of its Content-Type. The id is rejected instead.
      await refused(404, `/api/admin${path}`, { method, token: OPERATOR, raw: '' });
    },
  );
  test.each([301, 5000])('An id of %i characters is 404 like any other unknown id.', async (length) => {
    await number(x(length), 404);
    await operator(x(length), 404, ['GET', '/clients/:id']);
  });

  const UNKNOWN = words(
    '/ /api /api/core /api/core/ /api/core/nothing /api/core/whoami/ //api/core/whoami /API/core/whoami',
  );
  const MORE = words(
    '/api/core/message /api/core/messages/msg_abc123/x /api/core/numbers/a/b /api/admin /.env /__proto__',
  );
  test.each([...UNKNOWN, ...MORE, '/api/core/who%00ami', `/${x(9000)}`])(
    'The unknown path %.40s is 404.',
    async (path) => {
      for (const method of ['GET', 'DELETE']) await refused(404, path, { method });
      await refused(404, path, { method: 'POST', body: SEND });
      await refused(404, path, { method: 'POST', raw: 'x', headers: { 'content-type': 'text/plain' } });
    },
  );

  test('A method that a path does not have is 405 with Allow.', async () => {
    const { paths } = (await (await fetch(`${redcloud.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    for (const path of Object.keys(paths).filter((name) => /^\/(api|health|metrics)/.test(name))) {
      const matching = Object.keys(paths).filter((name) =>
        new RegExp(`^${name.replace(/{\w+}/g, '[^/]+')}$`).test(path),
      );
      const allowed = matching.flatMap((name) => Object.keys(paths[name] as object)).map((name) => name.toUpperCase());
      const others = words('GET POST PUT PATCH DELETE OPTIONS').filter((name) => !allowed.includes(name));
      for (const method of others) {
        const allow = (await refused(405, path, { method })).get('allow')?.split(', ');
        expect(allow?.filter((name) => name !== 'HEAD').sort()).toEqual(allowed.sort());
      }
    }
  });

  test.each([404, 405])('A request is rejected with %i before its body is checked.', async (status) => {
    const path = status === 404 ? '/api/core/nothing' : '/api/core/whoami';
    for (const raw of ['{', '', x(MIB + 1)]) await refused(status, path, { method: 'POST', raw });
  });
});

describe('Malformed HTTP', () => {
  const HEAD = 'Host: localhost\r\nConnection: close\r\n';
  const BODY = JSON.stringify(SEND);
  const get = (path: string, headers = '', version = 'HTTP/1.1') => `GET ${path} ${version}\r\n${HEAD}${headers}\r\n`;
  const bearer = `Authorization: Bearer ${TOKEN}\r\n`;
  const post = (headers: string, body = BODY) =>
    `POST ${SEND_PATH} HTTP/1.1\r\n${HEAD}${bearer}Content-Type: application/json\r\n${headers}\r\n${body}`;
  const key = 'Idempotency-Key: raw\r\n';
  const size = `Content-Length: ${BODY.length}\r\n`;

  /** Sends these bytes, and expects an error in the documented format and the end of the connection. */
  async function refusedBytes(bytes: string | Buffer, expected: number, last = false): Promise<string> {
    made += 1;
    const { port } = new URL(redcloud.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(bytes);
    if (last) socket.end();
    let text = '';
    for await (const chunk of socket) text += chunk;
    socket.destroy();
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/^x-content-type-options: nosniff\r?$/im);
    expect(head).toMatch(/^cache-control: no-store\r?$/im);
    const requestId = /^x-request-id: (.*)$/im.exec(head)?.[1];
    const what = String(bytes).slice(0, 200);
    expect(body, what).toMatch(/^{.*}$/);
    expectRefusal({ status: Number(head.split(' ')[1]), requestId, json: JSON.parse(body) }, expected, what);
    return head;
  }

  const GARBAGE: [string, string | Buffer, number][] = [
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['zeros', Buffer.alloc(100), 400],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['HTTP/3.0', get('/health/live', '', 'HTTP/3.0'), 400],
    ['HTTP/1.9x', get('/health/live', '', 'HTTP/1.9x'), 400],
    ['an unknown method', get('/health/live').replace('GET', 'FOO'), 400],
    ['TRACE', get('/api/core/whoami').replace('GET', 'TRACE'), 405],
    ['raw bytes in the path', Buffer.from(get('/api/core/numbers/\xff'), 'latin1'), 400],
    ['a header without a name', get('/health/live', ': x\r\n'), 400],
    ['a space before the colon', get('/health/live', 'X : y\r\n'), 400],
    ['U+0000 in a header', post(`Idempotency-Key: a\0b\r\n${size}`), 400],
    ['DEL in the key', post(`Idempotency-Key: a\x7fb\r\n${size}`), 400],
    ['bare line feeds', get('/health/live').replaceAll('\r', ''), 400],
    ['too much in a header', get('/health/live', `X: ${x(20_000)}\r\n`), 431],
    ['too much in the URL', get(`/${x(20_000)}`), 431],
    ['Content-Length: abc', post(`${key}Content-Length: abc\r\n`), 400],
    ['Content-Length: -1', post(`${key}Content-Length: -1\r\n`), 400],
    ['Content-Length beyond 2⁶⁴', post(`${key}Content-Length: 99999999999999999999\r\n`), 400],
    ['Content-Length of 2 MiB', post(`${key}Content-Length: 2097152\r\n`), 413],
    ['two Content-Lengths', post(`${key}${size}Content-Length: 3\r\n`), 400],
    ['Content-Length and Transfer-Encoding', post(`${key}${size}Transfer-Encoding: chunked\r\n`), 400],
    ['a chunk without a size', post(`${key}Transfer-Encoding: chunked\r\n`, 'zz\r\nabc\r\n'), 400],
    ['chunks over 1 MiB', post(`${key}Transfer-Encoding: chunked\r\n`, `100001\r\n${x(MIB + 1)}`), 413],
    ['an unknown Transfer-Encoding', post(`${key}Transfer-Encoding: gzip\r\n`), 400],
    ['two Authorizations', get('/api/core/whoami', `Authorization: Bearer x\r\n${bearer}`), 401],
    ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an unknown Expect', get('/health/live', 'Expect: miracles\r\n'), 417],
    ['two Idempotency-Keys', post(`${key}Idempotency-Key: another\r\n${size}`), 400],
    ['QUERY', get('/api/core/whoami', bearer).replace('GET', 'QUERY'), 405],
    ['DELETE of a whole URL', get('http://localhost/api/core/whoami', bearer).replace('GET', 'DELETE'), 405],
    ['DELETE of an escaped path', get('/api/core/who%61mi', bearer).replace('GET', 'DELETE'), 405],
  ];
  test.each(GARBAGE)('Malformed HTTP is rejected (%s).', async (_name, bytes, status) => {
    const head = await refusedBytes(bytes, status);
    if (status === 405) expect(head).toMatch(/^allow: /im);
  });
  test('A body shorter than Content-Length is rejected when the connection ends.', async () => {
    await refusedBytes(post(`${key}Content-Length: ${BODY.length + 5}\r\n`), 400, true);
  });
});

test('After at least 300 malformed requests, the log contains no failure, and a send is 202.', async () => {
  expect(made).toBeGreaterThanOrEqual(300);
  expect(redcloud.logged()).toMatch(/"status":400/);
  expect(redcloud.logged()).not.toMatch(/"event":"request_failed"|"status":5\d\d/);
  const { status, json } = await redcloud.send('after all', { to: ['+15551234567'] });
  expect([status, json.results.length]).toEqual([202, 1]);
});
