import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedMessage } from '../carriers/carrier.ts';
import type { SimilarSubmit } from '../messages/unknown/unknown.ts';
import { matchListed } from './match-listed.ts';

const submit = (messageId: string, fields: Partial<SimilarSubmit> = {}): SimilarSubmit => ({
  ...{ messageId, messageType: 'SMS', text: 'Hello', carrierRefs: [], isOpen: true, hasUnknownAttempts: false },
  ...fields,
});
const sent = (messageId: string, ...carrierRefs: string[]) => submit(messageId, { carrierRefs, isOpen: false });
const listed = (carrierRef: string, fields: Partial<ListedMessage> = {}): ListedMessage => ({
  ...{ carrierRef, createdAt: new Date(0), messageType: 'SMS', text: 'Hello' },
  report: { state: 'SENT', error: null, raw: '' },
  ...fields,
});
const withoutText = ({ text: _text, ...message }: ListedMessage): ListedMessage => message;

describe('Unknown submit in the list of a carrier', () => {
  test.each<[string, SimilarSubmit[], ListedMessage[], string | undefined]>([
    ['one message', [submit('a')], [listed('S1')], 'S1'],
    ['an empty list', [submit('a')], [], undefined],
    ['a message that belongs to another submit', [sent('sent', 'S0'), submit('a')], [listed('S0')], undefined],
    ['a message of an earlier attempt', [sent('sent', 'S1', 'S0'), submit('a')], [listed('S0')], undefined],
    ['a second message', [sent('sent', 'S0'), submit('a')], [listed('S0'), listed('S1')], 'S1'],
    ['two unknown messages', [submit('a')], [listed('S1'), listed('S2')], undefined],
    ['a message with another text', [submit('a')], [listed('S1', { text: 'Other' })], undefined],
    ['a message of another type', [submit('a')], [listed('S1', { messageType: 'MMS' })], undefined],
    ['one message beside another open submit', [submit('a'), submit('b')], [listed('S1')], undefined],
    ['messages of two open submits', [submit('a'), submit('b')], [listed('S1'), listed('S2')], undefined],
    [
      'one message beside an unknown attempt of a sent message',
      [submit('a'), { ...sent('b', 'S0'), hasUnknownAttempts: true }],
      [listed('S0'), listed('S1')],
      undefined,
    ],
    ['one message after an unknown attempt', [submit('a', { hasUnknownAttempts: true })], [listed('S1')], undefined],
    ['a submit that has an outcome by now', [sent('a', 'S0')], [listed('S1')], undefined],
    ['a list without texts', [submit('a')], [withoutText(listed('S1'))], 'S1'],
    ['a message without a text', [submit('a', { text: null })], [listed('S1', { text: null })], 'S1'],
  ])('The result is as specified for %s.', (_, submits, list, expected) => {
    expect(matchListed('a', submits, list)?.carrierRef).toBe(expected);
  });

  test('No message of another submit is found, in any list and at any time of the other submits.', () => {
    const other = fc.record({
      text: fc.constantFrom('Hello', 'Other'),
      // Accepted messages are in the list, whether or not their responses have been recorded.
      isAccepted: fc.boolean(),
      isRecorded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(other, { maxLength: 5 }), fc.boolean(), (others, hasTexts) => {
        const submits = others.map(({ text, isAccepted, isRecorded }, i) => {
          const carrierRefs = isAccepted && isRecorded ? [`S${i}`] : [];
          return submit(`m${i}`, { text, carrierRefs, isOpen: !isRecorded });
        });
        const list = others.flatMap(({ text, isAccepted }, i) => (isAccepted ? [listed(`S${i}`, { text })] : []));
        // The carrier has not accepted message a.
        const shown = hasTexts ? list : list.map(withoutText);
        expect(matchListed('a', [...submits, submit('a')], shown)).toBeUndefined();
      }),
    );
  });
});
