import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, OPERATOR, TOKEN } from '../support/redcloud.ts';
import { type Json, MEDIA, MIB, MMS, malformedRequests, SEND, SEND_PATH, sample, words, x } from './malformed.ts';

const { redcloud, refused, refusedSend, made, expectNoEffect } = malformedRequests();

type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object';

const KINDS: Record<Kind, fc.Arbitrary<unknown>> = {
  string: fc.string({ unit: 'grapheme' }),
  number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  boolean: fc.boolean(),
  null: fc.constant(null),
  array: fc.array(fc.jsonValue(), { maxLength: 5 }),
  object: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
};

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

const url = `https://x.com/${x(2048)}`;

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

const refusedBody = ({ method, path, token }: Route, body: Pick<Call, 'body' | 'raw'>, expected = 400) =>
  refused(expected, path, { method, token, ...body, headers: { 'idempotency-key': 'malformed' } });
const refusedFields = (route: Route, fields: Json) => refusedBody(route, { body: route.body(fields) });

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
    expect((await redcloud().send('bom', {}, { raw: `\ufeff${JSON_SEND}` })).status).toBe(202);
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
    const twice = await redcloud().send('twice', {}, { raw: withMember('"text":"last"') });
    const last = await redcloud().send('twice', {}, { raw: JSON.stringify({ ...SEND, text: 'last' }) });
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
      expect((await redcloud().send(`as ${type}`, {}, { headers: { 'content-type': type } })).status).toBe(202);
    }
  });

  test('The message about a rejected body is itself well-formed.', async () => {
    await refusedSend(withMember(`"${x(99)}\u{1f600}":1`));
  });
});

test('After at least 300 malformed requests, the log contains no failure, and a send gets 202.', async () => {
  expect(made()).toBeGreaterThanOrEqual(300);
  expect(redcloud().logged()).toMatch(/"status":400/);
  await expectNoEffect();
});
