import { describe, expect, test } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';

const { redcloud, restart } = ownRedCloud();

describe('Opt-outs with impossible recipients', () => {
  const add = (recipient: string) =>
    redcloud().call('/api/core/opt-outs', { method: 'POST', body: { numberId: 'num_abc123', recipient } });
  const list = (query = '') => redcloud().admin('GET', `/opt-outs/impossible${query}`);
  const repair = (body: object) => redcloud().admin('POST', '/opt-outs/repair', body);
  const recipients = (json: { optOuts: { recipient: string }[] }) => json.optOuts.map(({ recipient }) => recipient);

  test('Impossible opt-outs are logged at start, listed with corrections, and corrected only on request.', async () => {
    for (const recipient of ['+115550107001', '+115550107002', '+15550107002', '+99912345678', '+15550107003']) {
      expect((await add(recipient)).status).toBe(201);
    }
    const again = await restart();
    await expect
      .poll(() => again.logged())
      .toMatch(/"impossible_opt_outs","count":3,"command":"redcloud admin opt-outs repair"/);
    const faulty = [
      { recipient: '+115550107001', corrections: ['+15550107001'], action: 'REPLACE', fault: 'IMPOSSIBLE' },
      { recipient: '+115550107002', corrections: ['+15550107002'], action: 'REMOVE', fault: 'IMPOSSIBLE' },
      { recipient: '+99912345678', corrections: [], action: 'NONE', fault: 'IMPOSSIBLE' },
    ];
    expect((await list()).json).toMatchObject({ optOuts: faulty, nextCursor: null });
    const first = (await list('?limit=2')).json;
    expect(recipients(first)).toEqual(['+115550107001', '+115550107002']);
    expect(recipients((await list(`?limit=2&after=${first.nextCursor}`)).json)).toEqual(['+99912345678']);

    expect((await repair({})).json).toMatchObject({ applied: false, optOuts: faulty });
    expect((await list()).json.optOuts).toHaveLength(3);
    expect((await repair({ apply: true, limit: 1 })).json).toMatchObject({ applied: true, optOuts: [faulty[0]] });
    const { nextCursor: after } = (await repair({ limit: 1 })).json;
    expect((await repair({ apply: true })).json).toMatchObject({ applied: true, optOuts: faulty.slice(1) });
    expect(after).toBeTypeOf('string');
    expect(recipients((await list()).json)).toEqual(['+99912345678']);
    expect((await redcloud().send('corrected', { to: ['+15550107001'] })).json.errors).toMatchObject([
      { to: '+15550107001', error: { code: 'RECIPIENT_OPTED_OUT' } },
    ]);
    for (const recipient of ['%2B99912345678', '+15550107001', '+15550107002', '+15550107003']) {
      await redcloud().call(`/api/core/opt-outs/num_abc123/${recipient}`, { method: 'DELETE' });
    }
  });

  test.each([
    ['GET', '/opt-outs/impossible?after=x', undefined],
    ['GET', '/opt-outs/impossible?limit=0', undefined],
    ['POST', '/opt-outs/repair', { after: 'x' }],
    ['POST', '/opt-outs/repair', { apply: 'yes' }],
    ['POST', '/opt-outs/repair', { all: true }],
  ])('%s %s %j is rejected.', async (method, path, body) => {
    expect((await redcloud().admin(method, path, body)).status).toBe(400);
  });

  test('The routes for impossible opt-outs require the operator token.', async () => {
    for (const path of ['/opt-outs/impossible', '/opt-outs/repair']) {
      const method = path.endsWith('repair') ? 'POST' : 'GET';
      expect(
        (await redcloud().call(`/api/admin${path}`, { method, body: method === 'POST' ? {} : undefined })).status,
      ).toBe(401);
    }
  });
});
