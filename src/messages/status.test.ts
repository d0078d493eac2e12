import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advance,
  advancePart,
  eventsBetween,
  fromParts,
  isFinal,
  type MessageStatus,
  type OutboundEventType,
  type PartState,
} from './status.ts';

const STATUSES: readonly MessageStatus[] = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED'];
const PART_STATES: readonly PartState[] = ['UNKNOWN', 'SENT', 'DELIVERED', 'FAILED'];
/** The order that DESIGN.md gives; DELIVERED and FAILED are two ends of one way. */
const ORDER: readonly MessageStatus[][] = [['QUEUED'], ['SENDING'], ['UNKNOWN'], ['SENT'], ['DELIVERED', 'FAILED']];

const rank = (status: MessageStatus) => ORDER.findIndex((equals) => equals.includes(status));
const status = fc.constantFrom(...STATUSES);
const partState = fc.constantFrom(...PART_STATES);

/** A message of some parts, and reports about them in any order, with repeats and contradictions. */
const history = fc.integer({ min: 1, max: 4 }).chain((parts) =>
  fc.record({
    parts: fc.constant(parts),
    reports: fc.array(fc.record({ part: fc.integer({ min: 1, max: parts }), state: partState }), { maxLength: 16 }),
  }),
);

interface History {
  parts: number;
  reports: { part: number; state: PartState }[];
}

/** The statuses that a message passes through, and the events on the way, as `transition` works them out. */
function live({ parts, reports }: History) {
  const states = new Map<number, PartState>();
  const passed: MessageStatus[] = ['QUEUED'];
  const events: OutboundEventType[] = [];
  for (const { part, state } of reports) {
    states.set(part, advancePart(states.get(part), state));
    const from = passed.at(-1) as MessageStatus;
    const to = advance(from, fromParts([...states.values()], parts));
    events.push(...eventsBetween(from, to));
    passed.push(to);
  }
  return { passed, events, states };
}

describe('a status', () => {
  test('never goes back, in whatever order the parts are reported', () => {
    fc.assert(
      fc.property(history, (given) => {
        const ranks = live(given).passed.map(rank);
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });

  test('that is final stays, whatever is reported', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { passed } = live(given);
        const end = passed.findIndex(isFinal);
        if (end >= 0) expect(new Set(passed.slice(end)).size).toBe(1);
      }),
    );
    for (const final of ['DELIVERED', 'FAILED'] as const) {
      for (const reported of STATUSES) expect(advance(final, reported)).toBe(final);
    }
  });

  test('is final exactly when it is DELIVERED or FAILED', () => {
    expect(STATUSES.filter(isFinal)).toEqual(['DELIVERED', 'FAILED']);
  });

  test('advances to the later of two, and to the same again changes nothing', () => {
    fc.assert(
      fc.property(status, status, (current, reported) => {
        const to = advance(current, reported);
        expect(to).toBe(rank(reported) > rank(current) ? reported : current);
        expect(advance(to, reported)).toBe(to);
      }),
    );
  });

  test('does not depend on the order of the reports, unless they contradict each other', () => {
    const consistent = history.filter(
      ({ reports }) => !reports.some((a) => reports.some((b) => a.part === b.part && contradict(a.state, b.state))),
    );
    const shuffled = consistent.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given.reports, { minLength: given.reports.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, reports]) => {
        expect(live({ ...given, reports }).passed.at(-1)).toBe(live(given).passed.at(-1));
      }),
    );
  });
});

const contradict = (a: PartState, b: PartState) => a !== b && [a, b].every((state) => /DELIVERED|FAILED/.test(state));

describe('a part', () => {
  test('takes its first report, then only later ones; of two ends the first stays', () => {
    const table = PART_STATES.map((from) => PART_STATES.map((to) => advancePart(from, to)));
    expect(table).toEqual([
      ['UNKNOWN', 'SENT', 'DELIVERED', 'FAILED'],
      ['SENT', 'SENT', 'DELIVERED', 'FAILED'],
      ['DELIVERED', 'DELIVERED', 'DELIVERED', 'DELIVERED'],
      ['FAILED', 'FAILED', 'FAILED', 'FAILED'],
    ]);
    for (const reported of PART_STATES) expect(advancePart(undefined, reported)).toBe(reported);
  });
});

describe('what the parts amount to', () => {
  test.each<[PartState[], number, MessageStatus]>([
    [[], 1, 'SENDING'],
    [[], 3, 'SENDING'],
    [['SENT'], 2, 'SENDING'],
    [['DELIVERED'], 2, 'SENDING'],
    [['UNKNOWN'], 2, 'SENDING'],
    [['UNKNOWN'], 1, 'UNKNOWN'],
    [['SENT', 'UNKNOWN'], 2, 'UNKNOWN'],
    [['DELIVERED', 'UNKNOWN'], 2, 'UNKNOWN'],
    [['SENT'], 1, 'SENT'],
    [['DELIVERED', 'SENT'], 2, 'SENT'],
    [['DELIVERED', 'DELIVERED'], 2, 'DELIVERED'],
    [['FAILED'], 1, 'FAILED'],
    [['FAILED'], 3, 'FAILED'],
    [['DELIVERED', 'FAILED'], 2, 'FAILED'],
    [['UNKNOWN', 'FAILED'], 2, 'FAILED'],
  ])('%j of %i is %s', (states, parts, expected) => {
    expect(fromParts(states, parts)).toBe(expected);
  });

  test('is the same in whatever order they are', () => {
    const shuffled = fc
      .array(partState, { maxLength: 5 })
      .chain((states) =>
        fc.tuple(fc.constant(states), fc.shuffledSubarray(states, { minLength: states.length }), fc.nat({ max: 3 })),
      );
    fc.assert(
      fc.property(shuffled, ([states, other, missing]) => {
        const parts = states.length + missing;
        expect(fromParts(other, parts)).toBe(fromParts(states, parts));
      }),
    );
  });

  test('is DELIVERED only when every part is, and FAILED exactly when one is', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { states, passed } = live(given);
        const all = [...states.values()];
        const delivered = all.length === given.parts && all.every((state) => state === 'DELIVERED');
        expect(passed.at(-1) === 'DELIVERED').toBe(delivered);
        expect(passed.at(-1) === 'FAILED').toBe(all.includes('FAILED'));
      }),
    );
  });
});

describe('the events of a step', () => {
  test.each<[MessageStatus, MessageStatus, OutboundEventType[]]>([
    ['QUEUED', 'SENDING', []],
    ['SENDING', 'UNKNOWN', []],
    ['SENDING', 'SENT', ['message.sent']],
    ['UNKNOWN', 'SENT', ['message.sent']],
    ['SENT', 'DELIVERED', ['message.delivery']],
    ['QUEUED', 'DELIVERED', ['message.sent', 'message.delivery']],
    ['SENDING', 'DELIVERED', ['message.sent', 'message.delivery']],
    ['UNKNOWN', 'DELIVERED', ['message.sent', 'message.delivery']],
    ['QUEUED', 'FAILED', ['message.failed']],
    ['UNKNOWN', 'FAILED', ['message.failed']],
    ['SENT', 'FAILED', ['message.failed']],
    ['DELIVERED', 'FAILED', []],
    ['FAILED', 'DELIVERED', []],
  ])('%s → %s are %j', (from, to, expected) => {
    expect(eventsBetween(from, to)).toEqual(expected);
  });

  test('are none for a repeat or a step back', () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) if (rank(to) <= rank(from)) expect(eventsBetween(from, to)).toEqual([]);
    }
  });

  test('come at most once in a life, sent before delivery, failed exactly once and last where it fails', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { events, passed } = live(given);
        const end = passed.at(-1) as MessageStatus;
        const sent = ['message.sent'];
        if (end === 'DELIVERED') expect(events).toEqual([...sent, 'message.delivery']);
        else if (end === 'FAILED') expect([['message.failed'], [...sent, 'message.failed']]).toContainEqual(events);
        else expect(events).toEqual(end === 'SENT' ? sent : []);
      }),
    );
  });
});
