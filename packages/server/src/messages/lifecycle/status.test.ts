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
/** The order of DESIGN.md. DELIVERED and FAILED are alternative final statuses. */
const ORDER: readonly MessageStatus[][] = [['QUEUED'], ['SENDING'], ['UNKNOWN'], ['SENT'], ['DELIVERED', 'FAILED']];

const rank = (status: MessageStatus) => ORDER.findIndex((equals) => equals.includes(status));
const status = fc.constantFrom(...STATUSES);
const partState = fc.constantFrom(...PART_STATES);

/** A message with some segments and reports of them, in any order, with repeats and contradictions. */
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

/** Statuses and events of a message, computed like in `transition.ts`. */
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

describe('Status of a message', () => {
  test('The status never goes back, regardless of the order of the reports.', () => {
    fc.assert(
      fc.property(history, (given) => {
        const ranks = live(given).passed.map(rank);
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });

  test('A final status stays, regardless of later reports.', () => {
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

  test('Exactly DELIVERED and FAILED are final.', () => {
    expect(STATUSES.filter(isFinal)).toEqual(['DELIVERED', 'FAILED']);
  });

  test('The status advances to the later of two, and a repeated report changes nothing.', () => {
    fc.assert(
      fc.property(status, status, (current, reported) => {
        const to = advance(current, reported);
        expect(to).toBe(rank(reported) > rank(current) ? reported : current);
        expect(advance(to, reported)).toBe(to);
      }),
    );
  });

  test('The status does not depend on the order of the reports, unless they contradict each other.', () => {
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

describe('State of a segment', () => {
  test('A segment takes its first report and later states only, and the first of two final states stays.', () => {
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

describe('Status from the states of the segments', () => {
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
  ])('The status from states %j of %i segments is %s.', (states, parts, expected) => {
    expect(fromParts(states, parts)).toBe(expected);
  });

  test('The status does not depend on the order of the segments.', () => {
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

  test('A message is DELIVERED only when every segment is, and FAILED exactly when one segment is.', () => {
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

describe('Events of a status change', () => {
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
  ])('The events of %s → %s are %j.', (from, to, expected) => {
    expect(eventsBetween(from, to)).toEqual(expected);
  });

  test('A repeated or earlier status has no events.', () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) if (rank(to) <= rank(from)) expect(eventsBetween(from, to)).toEqual([]);
    }
  });

  test('Each event occurs at most once, with sent before delivery and failed at the end of a failed message.', () => {
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
