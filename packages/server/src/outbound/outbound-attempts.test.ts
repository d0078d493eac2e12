import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { outboundTests, scripted } from '../../test/support/outbound.ts';
import { sized } from '../../test/support/thorough.ts';
import { createMetrics } from '../app/metrics.ts';
import type { Submission, SubmitResult } from '../carriers/carrier.ts';
import { attemptsOf, reportAttempts } from '../messages/attempts/attempts.ts';
import { MAX_REFUSALS } from './decide.ts';

const { db, queue, message, run } = outboundTests();

const ACCEPTED: SubmitResult = { outcome: 'accepted', carrierRef: 'second' };
const NO_RESPONSE: SubmitResult = { outcome: 'unknown', reason: 'no response' };
const THROTTLED: SubmitResult = { outcome: 'throttled', retryAfterMs: 10, carrierCode: 'HTTP 429' };
/** Throttled by the pause of the carrier, before anything was sent. */
const NOT_SENT_YET: SubmitResult = { outcome: 'throttled', retryAfterMs: 10 };
const BUSY: SubmitResult = { outcome: 'rejected', permanent: false, carrierCode: '88', reason: 'queue full' };

const isSent = (status: string) => status === 'SENT';

async function segmentsOf(id: string) {
  return db().query<{ part: number; state: string; carrier: string; attempt: number }>(
    'select part, state, carrier, attempt from message_parts where message_id = $1 order by part',
    [id],
  );
}

/** Leases the job of a message for a submit to `carrier`, like a process that then ends without recording it. */
async function crashDuring(id: string, carrier: string): Promise<void> {
  const { claimed } = await queue().claimer('outbound', async (jobs) => jobs, carrier)(10);
  expect(claimed.map(({ job }) => job.subject)).toEqual([id]);
  await queue().interrupt(claimed.map(({ job }) => job));
  queue().settled(claimed);
}

describe('Attempts of a message', () => {
  test('Each attempt that another one follows is stored with its carrier, its number and its proof.', async () => {
    const id = await message('AT_LEAST_ONCE', 1);
    const answers: SubmitResult[] = [{ outcome: 'unreachable', reason: 'refused' }, BUSY, NO_RESPONSE, ACCEPTED];
    const took = await run(answers, id, isSent);
    expect(took.map(({ reference, attempt }) => [reference, attempt])).toEqual(
      [1, 2, 3, 4].map((attempt) => [`${id}/1`, attempt]),
    );
    expect(await attemptsOf(db(), id)).toMatchObject([
      { attempt: 1, carrier: 'scripted', outcome: 'UNREACHABLE', proof: 'NOT_SENT', reason: 'refused' },
      { attempt: 2, carrier: 'scripted', outcome: 'REJECTED', proof: 'REFUSED', carrierCode: '88' },
      { attempt: 3, carrier: 'scripted', outcome: 'UNKNOWN', proof: null, reason: 'no response' },
    ]);
    expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'SENT', carrier: 'scripted', attempt: 4 }]);
  });

  test('Each throttled submit has a number of its own, so that a late report names one submit.', async () => {
    const id = await message('AT_MOST_ONCE', 1);
    const took = await run([THROTTLED, THROTTLED, NOT_SENT_YET, ACCEPTED], id, isSent);
    expect(took.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 3]);
    const throttled = { outcome: 'THROTTLED', proof: 'REFUSED', carrierCode: 'HTTP 429' };
    expect(await attemptsOf(db(), id)).toMatchObject([
      { attempt: 1, ...throttled },
      { attempt: 2, ...throttled },
    ]);
    expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'SENT', carrier: 'scripted', attempt: 3 }]);
  });

  test('Throttled submits do not count towards the limit of temporary rejections.', async () => {
    const id = await message('AT_MOST_ONCE', 1);
    const answers = [...Array.from({ length: MAX_REFUSALS + 2 }, () => THROTTLED), BUSY, ACCEPTED];
    const took = await run(answers, id, isSent);
    expect(took).toHaveLength(MAX_REFUSALS + 4);
  });

  test('A message that was accepted at once has no stored attempt besides its segment.', async () => {
    const id = await message('AT_MOST_ONCE', 1);
    await run([ACCEPTED], id, isSent);
    expect(await attemptsOf(db(), id)).toEqual([]);
    expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'SENT', carrier: 'scripted', attempt: 1 }]);
  });

  test('A process that stops between the claim and the result leaves the attempt unknown under its carrier.', async () => {
    const id = await message('AT_MOST_ONCE', 2);
    await crashDuring(id, 'earlier');
    const took = await run([], id, (status) => status === 'UNKNOWN');
    expect(took).toEqual([]);
    const unknown = { state: 'UNKNOWN', carrier: 'earlier', attempt: 1 };
    expect(await segmentsOf(id)).toEqual([
      { part: 1, ...unknown },
      { part: 2, ...unknown },
    ]);
  });

  test('AT_LEAST_ONCE stores the interrupted attempt under its carrier before it makes another one.', async () => {
    const id = await message('AT_LEAST_ONCE', 1);
    await crashDuring(id, 'earlier');
    const took = await run([ACCEPTED], id, isSent);
    expect(took.map(({ attempt }) => attempt)).toEqual([2]);
    expect(await attemptsOf(db(), id)).toMatchObject([{ attempt: 1, carrier: 'earlier', outcome: 'UNKNOWN' }]);
    expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'SENT', carrier: 'scripted', attempt: 2 }]);
  });

  test('After five interrupted attempts, the message stays unknown, because any of them may have arrived.', async () => {
    const id = await message('AT_LEAST_ONCE', 1);
    await crashDuring(id, 'scripted');
    await db().query('update jobs set attempt = 5 where subject = $1', [id]);
    expect(await run([], id, (status) => status === 'UNKNOWN')).toEqual([]);
    expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'UNKNOWN', carrier: 'scripted', attempt: 5 }]);
  });

  test('A second accepted attempt raises POSSIBLE_DUPLICATE if the carrier has confirmed the first one.', async () => {
    const id = await message('AT_LEAST_ONCE', 1);
    const metrics = createMetrics(new Registry());
    const confirmed = { messageId: id, part: 1, attempt: 1, carrier: 'scripted', carrierRef: 'first' } as const;
    const carrier = {
      ...{ name: 'scripted', capacity: () => 10 },
      submit: async ({ attempt }: Submission): Promise<SubmitResult> => {
        if (attempt === 1) return NO_RESPONSE;
        await reportAttempts(db(), [{ ...confirmed, state: 'SENT' }]);
        return ACCEPTED;
      },
    };
    await run([], id, isSent, 10, { carrier, metrics });
    const { values } = await metrics.possibleDuplicates.get();
    expect(values).toMatchObject([{ labels: { carrier: 'scripted' }, value: 1 }]);
  });
});

test('A refusal does not count if the carrier has reported the acceptance of the same submit.', async () => {
  const id = await message('AT_MOST_ONCE', 1);
  const refusal: SubmitResult = { outcome: 'rejected', permanent: true, carrierCode: '21211', reason: 'invalid' };
  const asked: unknown[] = [];
  const isAccepted = async (submit: unknown) => asked.push(submit) > 0;
  const took = await run([refusal], id, (status) => status === 'UNKNOWN', 10, { isAccepted });
  expect(took).toHaveLength(1);
  expect(asked).toEqual([{ messageId: id, part: 1, attempt: 1 }]);
  expect(await segmentsOf(id)).toEqual([{ part: 1, state: 'UNKNOWN', carrier: 'scripted', attempt: 1 }]);
  const deadlines = await db().query('select ordinal from jobs where subject = $1', [id]);
  expect(deadlines).toEqual([{ ordinal: -1 }]);
});

/** After a failover, a waiting message whose last submit has a higher number than its last attempt was lost by the database. */
test('The number of a waiting job is never lower than that of its last submit, for any responses.', async () => {
  const answers = fc.array(
    fc.constantFrom(ACCEPTED, NO_RESPONSE, THROTTLED, NOT_SENT_YET, BUSY, {
      outcome: 'unreachable',
      reason: 'refused',
    }),
    { maxLength: 12 },
  ) as fc.Arbitrary<SubmitResult[]>;
  const guarantee = fc.constantFrom('AT_MOST_ONCE', 'AT_LEAST_ONCE');
  await fc.assert(
    fc.asyncProperty(answers, guarantee, fc.integer({ min: 1, max: 3 }), async (script, promise, parts) => {
      const id = await message(promise, parts);
      const left = new Map<string, number>();
      const journal = {
        leaving: (messageId: string, attempt: number) => Boolean(left.set(messageId, attempt)),
        returned: (messageId: string) => void left.delete(messageId),
      };
      const remaining = [...script];
      const lower: string[] = [];
      const carrier = {
        ...scripted([], []),
        submit: async (_: Submission, mayLeave?: () => boolean): Promise<SubmitResult> => {
          mayLeave?.();
          return remaining.shift() ?? ACCEPTED;
        },
      };
      const waiting = `select attempt from jobs where subject = $1 and ordinal = 0 and leased_by is null and not interrupted`;
      const done = async (status: string) => {
        const number = left.get(id) ?? 0;
        for (const { attempt } of await db().query<{ attempt: number }>(waiting, [id])) {
          if (attempt < number) lower.push(`${attempt} < ${number}`);
        }
        return !['QUEUED', 'SENDING'].includes(status);
      };
      await run([], id, done, 10, { journal, carrier });
      expect(lower).toEqual([]);
    }),
    { numRuns: sized(20) },
  );
});
