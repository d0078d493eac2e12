import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Receiver } from '../../server/test/support/receiver.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { BIN, Machine, watched } from './command.ts';

let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
  machine = new Machine({ REDCLOUD_URL: redcloud.url, RC_ADMIN_TOKEN: OPERATOR });
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
});

const run = (...args: string[]) => machine.run(['--sandbox', ...args]);
const SEND = ['send', '--from', 'num_abc123', '--text', 'Hello from Red Cloud'];

const LISTEN = ['webhooks', 'listen', '--forward-to'];

test.each([
  ['an unknown path', '/nope', ['whoami'], 'Check the URL'],
  ['an unknown id', '', ['messages', 'show', 'msg_nope'], 'Check the id'],
])('A 404 for %s is reported with advice.', async (_name, path, command, next) => {
  const { code, stderr } = await run('--url', `${redcloud.url}${path}`, ...command);
  expect(code).toBe(4);
  expect(JSON.parse(stderr)).toMatchObject({ error: { status: 404, next: expect.stringContaining(next) } });
});

describe('`redcloud send`', () => {
  test('An accepted message exits with 0, and its result is JSON without a terminal.', async () => {
    const { code, json, stderr } = await run(...SEND, '--to', '+15551234567', '--reference', 'order_789');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json()).toMatchObject({ outcome: 'ALL_ACCEPTED', accepted: [{ to: '+15551234567', status: 'QUEUED' }] });
  });

  test('A rejected recipient exits with 3, and is in the same table as the accepted recipient.', async () => {
    const { code, stdout } = await run('--no-json', ...SEND, '--to', '+15551234567', '--to', 'invalid');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^TO +OUTCOME$/m);
    expect(stdout).toMatch(/^\+15551234567 +QUEUED +msg_\w+$/m);
    expect(stdout).toMatch(/^invalid +INVALID_RECIPIENT +Recipient must be a valid E\.164 phone number$/m);
  });

  test('Repeated commands with one key send one message.', async () => {
    const send = [...SEND, '--to', '+15551234567', '--key', 'once'];
    const [first, second] = [await run(...send), await run('--no-json', ...send)];
    expect(second.stdout).toContain(first.json().accepted[0].messageId);
    expect(second.stderr).toContain('nothing was sent now');
    const other = await run('send', '--from', 'num_abc123', '--to', '+15551234567', '--text', 'Other', '--key', 'once');
    expect(other.code).toBe(4);
    expect(JSON.parse(other.stderr)).toMatchObject({ error: { code: 'CONFLICT', idempotencyKey: 'once' } });
  });

  test('The text can come from standard input, and media result in an MMS.', { tags: 'slow' }, async () => {
    const sent = await machine.run(
      ['--sandbox', 'send', '--from', 'num_abc123', '--to', '+15551234567', '--text', '-'],
      {
        stdin: 'From\nstdin\n',
      },
    );
    const { messageId } = sent.json().accepted[0];
    expect((await run('messages', 'show', messageId)).json()).toMatchObject({
      text: 'From\nstdin',
      messageType: 'SMS',
    });
    const media = 'storageKey=a/b.jpg,mimeType=image/jpeg,byteLength=1234,sourceUrl=https://example.com/b.jpg?a=1';
    const mms = await run('send', '--from', 'num_abc123', '--to', '+15551234567', '--media', media);
    const shown = await run('messages', 'show', mms.json().accepted[0].messageId);
    expect(shown.json()).toMatchObject({ messageType: 'MMS', media: [{ byteLength: 1234 }] });
  });

  test('A rejected request is reported with code, request id and advice, as text and as JSON.', async () => {
    const send = ['send', '--from', 'num_other', '--to', '+15551234567', '--text', 'x'];
    const [people, programs] = await Promise.all([run('--no-json', ...send), run(...send)]);
    expect(people.code).toBe(4);
    expect(people.stderr).toMatch(
      /FORBIDDEN \(403\): sendFrom is not owned by this API client\n {2}request: req_\w+\n {2}next: /,
    );
    const { error } = JSON.parse(programs.stderr);
    expect(error).toMatchObject({ code: 'FORBIDDEN', status: 403, requestId: expect.stringMatching(/^req_/) });
    expect(error.next).toBeTypeOf('string');
  });
});

describe('Read commands', () => {
  test.each([
    [['whoami'], /client +rc_test_client_123 \(Sandbox\)/, /"apiClientId": "rc_test_client_123"/],
    [['numbers', 'list'], /^num_abc123 +\+15551234567 +ACTIVE/m, /^\{"numberId":"num_abc123"/m],
    [['numbers', 'search', '--state', 'OR', '--limit', '2'], /PORTLAND|Portland/i, /^\{"npa":"503"/m],
    [['webhooks', 'show'], /^delivery +http/m, /"deliveryUrl": "http/],
    [['webhooks', 'replays'], /No replays\./, /^$/],
    [['admin', 'overview'], /Processes/, /"processes": \[/],
    [['admin', 'accounts', 'list'], /^acc_\w+ +Sandbox/m, /^\{"id":"acc_/m],
    [['admin', 'numbers', 'list'], /^num_other +/m, /^\{"numberId":"num_/m],
    [['help', 'exit-codes'], /^3 +Completed/m, /^\{"code":3,/m],
  ])('The output of `%s` is a table for people and JSON for programs.', async (args, people, programs) => {
    const [table, json] = await Promise.all([run('--no-json', ...args), run(...args)]);
    expect([table.code, json.code]).toEqual([0, 0]);
    expect(table.stdout + table.stderr).toMatch(people);
    expect(json.stdout).toMatch(programs);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must have no colours
    expect(table.stdout).not.toMatch(/\u001b/);
  });

  test('Messages are listed by filters, and one message is shown with its attempts.', {
    tags: 'slow',
  }, async () => {
    const reference = 'look-for-me';
    const to = ['+15550000001', '+15550000002', '+15551112222'].flatMap((one) => ['--to', one]);
    await run(...SEND, ...to, '--reference', reference);
    await expect
      .poll(async () => (await run('messages', 'list', '--reference', reference, '--status', 'FAILED')).lines())
      .toMatchObject([{ to: '+15550000002', error: { code: 'CARRIER_REJECTED' } }]);
    const two = (await run('messages', 'list', '--reference', reference, '--limit', '2')).lines();
    expect(two).toHaveLength(2);
    const all = (await run('messages', 'list', '--reference', reference, '--all')).lines();
    expect(all).toHaveLength(3);
    const national = await run('messages', 'list', '--reference', reference, '--to', '(555) 111-2222');
    expect(national.lines()).toMatchObject([{ to: '+15551112222' }]);
    const shown = await run('--no-json', 'messages', 'show', two[0].messageId);
    expect(shown.stdout).toMatch(/^Events$/m);
    expect(shown.stdout).toMatch(/message\.queued/);
    expect((await run('messages', 'show', 'msg_unknown')).code).toBe(4);
  });

  test('Rejected recipients are listed with their codes, and shown by id.', { tags: 'slow' }, async () => {
    const reference = 'rejected-for-me';
    await run(...SEND, '--to', '+15550000001', '--to', 'invalid', '--reference', reference);
    const list = ['messages', 'list', '--status', 'REJECTED', '--reference', reference];
    const [rejection, ...others] = (await run(...list)).lines();
    const error = { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} };
    const expected = { status: 'REJECTED', to: 'invalid', from: '+15551234567', error, externalReference: reference };
    expect([rejection, others]).toMatchObject([expected, []]);
    const { stdout } = await run('--no-json', ...list);
    expect(stdout).toMatch(/^CREATED +ID +STATUS +FROM +TO +REFERENCE +CODE +REASON$/m);
    expect(stdout).toMatch(/ REJECTED +\+15551234567 +invalid +rejected-for-me +INVALID_RECIPIENT +Recipient must be/);
    expect((await run('messages', 'show', rejection.messageId)).json()).toEqual(rejection);
    const explained = (await run('admin', 'message', rejection.messageId)).json();
    expect(explained).toMatchObject({ ...rejection, apiClientId: 'rc_test_client_123' });
    expect((await run('messages', 'show', 'rej_unknown')).code).toBe(4);
  });
});

describe('Commands that change data', () => {
  test('A webhook override of a number is set and cleared.', { tags: 'slow' }, async () => {
    const url = 'https://example.com/hooks';
    const update = ['numbers', 'update', 'num_nomms', '--delivery-webhook'];
    expect((await run(...update, url)).json()).toMatchObject({ webhookDeliveryOverride: url });
    expect((await run(...update, 'none')).json()).not.toHaveProperty('webhookDeliveryOverride');
    expect((await run('numbers', 'update', 'num_nomms')).code).toBe(2);
  });

  test('Opt-outs with impossible recipients are listed, and corrected with --apply.', { tags: 'slow' }, async () => {
    const repair = ['admin', 'opt-outs', 'repair'];
    expect((await run('--no-json', ...repair)).stderr).toContain('No opt-out has an impossible recipient');
    await run('optouts', 'add', 'num_abc123', '+115557654399');
    const listed = await run('--no-json', ...repair);
    expect(listed.stdout).toMatch(/\+115557654399 +IMPOSSIBLE +\+15557654399 +REPLACE/);
    expect(listed.stderr).toContain('Correctable: 1. Correct with --apply.');
    const applied = await run(...repair, '--apply');
    expect(applied.lines()).toMatchObject([{ recipient: '+115557654399', action: 'REPLACE' }]);
    expect((await run('optouts', 'list', '--recipient', '+15557654399')).lines()).toHaveLength(1);
  });

  test('Opt-outs are added, listed, enforced in a send, removed, and kept in the history.', {
    tags: 'slow',
  }, async () => {
    const who = ['num_abc123', '+15557654321'];
    expect((await run('optouts', 'add', ...who, '--note', 'by phone')).json()).toMatchObject({ note: 'by phone' });
    expect((await run('optouts', 'list', '--recipient', who[1] as string)).lines()).toHaveLength(1);
    expect((await run(...SEND, '--to', who[1] as string)).json()).toMatchObject({
      rejected: [{ error: { code: 'RECIPIENT_OPTED_OUT' } }],
    });
    expect((await run('optouts', 'remove', ...who)).json()).toMatchObject({ removed: true });
    const history = await run('--no-json', 'optouts', 'history', '--recipient', who[1] as string);
    expect(history.stdout).toMatch(/OPTED_OUT[\s\S]*OPTED_IN/);
  });

  test('The text of a simulated inbound message is shown without control characters.', { tags: 'slow' }, async () => {
    const text = 'Hi\u001b]52;c;cm0gLXJm\u0007 \u202eevil';
    const inbound = ['simulate', 'inbound', '--from', '+15551230009', '--to', '+15551234567', '--text', text];
    const { messageId } = (await run(...inbound)).json();
    const { stdout } = await run('--no-json', 'messages', 'show', messageId);
    expect(stdout).toContain('Hi\ufffd]52');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters
    expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  test('Webhooks are set, tested, listed and replayed, and their secret is rotated.', { tags: 'slow' }, async () => {
    const inbox = `${redcloud.url}/sandbox/inbox`;
    expect((await run('webhooks', 'set', '--delivery', inbox)).json()).toMatchObject({ deliveryUrl: inbox });
    expect((await run('webhooks', 'enable', inbox)).code).toBe(0);
    expect((await run('webhooks', 'test')).json()).toMatchObject({ delivered: true, statusCode: 204 });
    const { eventId } = (await run('webhooks', 'deliveries', '--limit', '1')).lines()[0];
    expect((await run('webhooks', 'replay', eventId)).json()).toMatchObject({ eventId, state: 'PENDING' });
    const replay = (await run('webhooks', 'replay', '--since', '2020-01-01', '--which', 'failed')).json();
    expect(replay).toMatchObject({ status: 'DONE', which: 'FAILED' });
    const detached = (await run('webhooks', 'replay', '--since', '2020-01-01', '--detach')).json();
    expect((await run('webhooks', 'cancel', detached.replayId)).json()).toMatchObject({ replayId: detached.replayId });
    const rotated = await run('webhooks', 'rotate-secret', '--overlap', '60');
    expect(rotated.json().webhookSecret).toMatch(/^whsec_/);
    expect((await run('webhooks', 'rotate-secret')).code).toBe(4);
  });
});

test('Operators create an account, a client and a number, rotate secrets, suspend clients, and explain a message.', {
  tags: 'slow',
}, async () => {
  const admin = (...args: string[]) => machine.run(['admin', ...args]);
  const account = (await admin('accounts', 'create', '--name', 'Example Ltd')).json();
  const create = await admin(
    'clients',
    'create',
    '--account',
    account.id,
    '--name',
    'Shop',
    ...['--capability', 'messages:read', '--capability', 'messages:send'],
  );
  const { client, clientSecret, webhookSecret } = create.json();
  expect([clientSecret, webhookSecret, create.stderr]).toEqual([
    expect.any(String),
    expect.stringMatching(/^whsec_/),
    expect.stringContaining('not shown again'),
  ]);
  const number = await admin('numbers', 'add', '+15035550199', '--client', client.id, '--campaign', 'camp_9');
  const { numberId } = number.json();
  expect(number.json()).toMatchObject({ e164: '+15035550199', apiClientId: client.id });
  expect((await admin('numbers', 'update', numberId, '--mms', 'no')).json()).toMatchObject({ mmsEnabled: false });

  const shop = { REDCLOUD_CLIENT_ID: client.id, REDCLOUD_CLIENT_SECRET: clientSecret };
  const sent = await machine.run(['send', '--from', numberId, '--to', '+15550000001', '--text', 'Hi'], { env: shop });
  const explained = await admin('message', sent.json().accepted[0].messageId);
  expect(explained.json()).toMatchObject({ apiClientId: client.id, text: 'Hi' });

  const { id, clientSecret: second } = (await admin('clients', 'rotate-secret', client.id)).json();
  expect((await admin('clients', 'secrets', client.id)).lines()).toHaveLength(2);
  expect((await admin('clients', 'secrets', client.id)).stdout).not.toContain(second);
  expect((await admin('clients', 'delete-secret', client.id, id)).json()).toMatchObject({ deleted: true });
  expect((await admin('clients', 'rotate-webhook-secret', client.id)).json().webhookSecret).toMatch(/^whsec_/);
  expect((await admin('clients', 'suspend', client.id)).json()).toMatchObject({ status: 'SUSPENDED' });
  expect((await machine.run(['whoami'], { env: shop })).code).toBe(4);
  expect((await admin('clients', 'activate', client.id)).json()).toMatchObject({ status: 'ACTIVE' });
  expect((await admin('clients', 'show', client.id)).json()).toMatchObject({ name: 'Shop' });
  expect((await admin('accounts', 'suspend', account.id)).json()).toMatchObject({ status: 'SUSPENDED' });
});

test('Repeated commands with one key create one resource and return the same secret.', { tags: 'slow' }, async () => {
  const admin = (...args: string[]) => machine.run(['admin', ...args]);
  const twice = async (...args: string[]) => {
    const answers = [await admin(...args), await admin(...args)].map(({ json }) => json());
    expect(answers[1]).toEqual(answers[0]);
    return answers[0];
  };
  const { id: accountId } = await twice('accounts', 'create', '--name', 'Twice Ltd', '--key', 'twice');
  const accounts = (await admin('accounts', 'list')).lines();
  expect(accounts.filter(({ name }) => name === 'Twice Ltd')).toHaveLength(1);

  const { client } = await twice('clients', 'create', '--account', accountId, '--name', 'Shop', '--key', 'shop');
  await twice('clients', 'rotate-secret', client.id, '--key', 'rotate');
  expect((await admin('clients', 'secrets', client.id)).lines()).toHaveLength(2);
  await twice('clients', 'rotate-webhook-secret', client.id, '--key', 'sign');

  const other = await admin('accounts', 'create', '--name', 'Another', '--key', 'twice');
  expect({ code: other.code, stderr: other.stderr }).toEqual({ code: 4, stderr: expect.stringContaining('CONFLICT') });
});

test('A closed pipe is not an error, and lost output is always reported.', {
  tags: 'slow',
}, async () => {
  const shell = (command: string) => {
    const env = { ...machine.env, REDCLOUD: `${process.execPath} ${BIN} --sandbox` };
    return watched(spawn('bash', ['-c', `set -o pipefail; ${command}`], { env })).ended;
  };
  expect(await shell('$REDCLOUD numbers list | true')).toMatchObject({ code: 0, stderr: '' });
  const lost = await shell('$REDCLOUD send --from num_abc123 --to +15551234567 --text Lost > /dev/full');
  expect({ code: lost.code, error: JSON.parse(lost.stderr).error }).toEqual({
    code: 1,
    error: expect.objectContaining({ code: 'OUTPUT_LOST', idempotencyKey: expect.stringMatching(/^[\w-]{36}$/) }),
  });
  const { idempotencyKey } = JSON.parse(lost.stderr).error;
  const again = await run(
    'send',
    '--from',
    'num_abc123',
    '--to',
    '+15551234567',
    '--text',
    'Lost',
    '--key',
    idempotencyKey,
  );
  expect(again.json()).toMatchObject({ replayed: true });
  expect(await shell('$REDCLOUD send --from num_abc123 --to invalid --text x | true')).toMatchObject({ code: 3 });
});

describe('An invalid command', () => {
  const WRONG: [string[], string][] = [
    [['nonsense'], 'unknown command'],
    [[], 'Command or subcommand is missing'],
    [['webhooks'], 'Command or subcommand is missing'],
    [['sned'], 'Did you mean send?'],
    [['send', '--to', '+15551234567', '--text', 'x'], '--from'],
    [['send', '--from', 'num_abc123', '--text', 'x'], 'Recipient is missing'],
    [['send', '--from', 'num_abc123', '--to', '+15551234567'], 'Text or media is missing'],
    [['send', '--from', 'num_abc123', '--to', '+15551234567', '--media', 'storageKey=a,b=c'], 'Allowed fields'],
    [[...SEND, '--to', '+15551234567', '--campaign', 'spring'], '--campaign requires --file'],
    [[...SEND, '--to', '+15551234567', '--results', 'out'], '--results requires --file'],
    [[...SEND, '--to', '+15551234567', '--delimiter', ';'], '--delimiter requires --file'],
    [[...SEND, '--to', '+15551234567', '--concurrency', '16'], '--concurrency requires --file'],
    [[...SEND, '--to', '+15551234567', '--rate', '600/min'], '--rate requires --file'],
    [[...SEND, '--file', 'people.csv', '--max-per-minute', '5'], 'Use --rate with --file'],
    [[...SEND, '--file', 'people.csv', '--rate', '600'], 'Use a rate such as 600/min'],
    [[...SEND, '--to', '+15551234567', '--at', 'tomorrow'], 'such as +2h'],
    [[...SEND, '--to', '+15551234567', '--at', '2026-12-24T18:00'], 'such as +2h'],
    [[...SEND, '--to', '+15551234567', '--time-zone', 'Mars'], 'Europe/Berlin'],
    [[...SEND, '--to', '+15551234567', '--price', 'free', '--dry-run'], 'price per segment'],
    [[...SEND, '--to', '+15551234567', '--respect-quiet-hours', '--ignore-quiet-hours'], 'cannot be used with'],
    [['cancel'], 'either a message id or --reference'],
    [['cancel', 'msg_1', '--reference', 'a'], 'either a message id or --reference'],
    [['reschedule', 'msg_1'], '--at'],
    [['quiet-hours', 'set', '--enabled', 'maybe'], 'Use yes or no'],
    [[...SEND, '--file', 'people.csv', '--delimiter', ''], 'one character'],
    [[...SEND, '--file', 'people.csv', '--delimiter', '"'], 'one character'],
    [[...SEND, '--file', 'people.csv', '--delimiter', '||'], 'one character'],
    [[...SEND, '--file', 'people.csv', '--delimiter', '\n'], 'one character'],
    [['send', '--from', 'num_abc123', '--file', 'people.csv', '--text', ''], 'Text or media is missing'],
    [['messages', 'list', '--limit', '0'], 'from 1 to'],
    [['messages', 'list', '--status', 'LOST'], 'Allowed choices'],
    [['events', 'tail', '--since', 'yesterday'], '2026-11-23T10:00:00Z'],
    [[...LISTEN, 'localhost:4000'], 'http:// or https://'],
    [[...LISTEN, 'http://localhost:4000', '--secret', 'x'], 'whsec_'],
    [[...LISTEN, 'http://localhost:4000', '--secret', 'whsec_A'], 'whsec_'],
    [[...LISTEN, 'http://localhost:4000', '--secret', 'whsec_'], 'whsec_'],
    [['webhooks', 'replay'], '--since'],
    [['webhooks', 'replay', ''], 'eventId must be an id'],
    [['webhooks', 'cancel', '.'], 'replayId must be an id'],
    [['messages', 'show', '..'], 'messageId must be an id'],
    [['messages', 'show', ''], 'messageId must be an id'],
    [['numbers', 'update', '..', '--campaign', 'none'], 'numberId must be an id'],
    [['optouts', 'remove', 'num_abc123', ''], 'must be an id'],
    [['admin', 'message', '..'], 'messageId must be an id'],
    [['admin', 'accounts', 'suspend', ''], 'accountId must be an id'],
    [['admin', 'clients', 'show', '..'], 'clientId must be an id'],
    [['admin', 'clients', 'delete-secret', 'cli_1', '..'], 'secretId must be an id'],
    [['admin', 'numbers', 'update', '.', '--sms', 'no'], 'numberId must be an id'],
    [[...SEND, '--to', '+15551234567', '--key', 'é'], 'idempotencyKey must be'],
    [[...SEND, '--to', '+15551234567', '--key', ''], 'idempotencyKey must be'],
    [['completion', 'tcsh'], 'bash, zsh or fish'],
    [['--profile', 'x', 'whoami'], 'cannot be used together'],
    [['--url', 'ftp://example.com', 'whoami'], 'http:// or https://'],
  ];
  const isRefused = async (args: string[], said: string) => {
    const { code, stderr, stdout } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const { error } = JSON.parse(stderr);
    expect(error).toEqual({
      code: 'USAGE',
      message: expect.stringContaining(said),
      next: expect.stringContaining('redcloud help'),
    });
  };

  test.each(WRONG.slice(0, 8))('The command %s exits with 2 and a usage error.', isRefused);
  test.each(WRONG.slice(8))('The command %s exits with 2 and a usage error.', { tags: 'slow' }, isRefused);

  test('A password in the forwarding URL exits with 2 and is not shown.', async () => {
    const { code, stdout, stderr } = await run(...LISTEN, 'http://me:hidden@127.0.0.1:4000/hooks');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('must not contain a user or password');
    expect(stderr).not.toContain('hidden');
  });

  test('Usage errors have one format for people, also those of commander.', { tags: 'slow' }, async () => {
    const [unknown, none, missing, refused] = await Promise.all([
      run('--no-json', 'sned'),
      run('--no-json', 'webhooks'),
      run('--no-json', 'send'),
      run('--no-json', 'webhooks', 'replay'),
    ]);
    expect([unknown, none, missing, refused].map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(unknown.stderr).toMatch(/^redcloud: USAGE: unknown command 'sned' \(Did you mean send\?\)\n {2}next: /);
    expect(none.stderr).toMatch(/^Usage: redcloud webhooks/);
    expect(missing.stderr).toMatch(/^redcloud: USAGE: required option '--from.*\n {2}next: /);
    expect(refused.stderr).toMatch(/^redcloud: USAGE: Set either an event id or --since\n {2}next: /);
  });
});

test('An unreachable server exits with 5, and a failed send reports its key.', { tags: 'slow' }, async () => {
  const gone = await Receiver.start();
  const { origin, host } = new URL(gone.url);
  await gone.stop();
  const nowhere = { env: { REDCLOUD_URL: origin } };
  const { code, stderr } = await machine.run(['--sandbox', ...SEND, '--to', '+15551234567'], nowhere);
  expect(code).toBe(5);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: 'UNREACHABLE', message: expect.stringContaining(host), idempotencyKey: expect.any(String) },
  });
});
