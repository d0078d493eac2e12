import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, type Pdu } from '../pdu/codec.ts';
import { isReceipt, type Receipt, type ReceiptState, readReceipt } from './receipt.ts';

const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** A deliver_sm as received over the network. */
function deliver(text: string, fields: Record<string, unknown> = {}): Pdu {
  return decode(encode('deliver_sm', 1, { esm_class: RECEIPT, short_message: Buffer.from(text, 'latin1'), ...fields }));
}

const read = (text: string, fields: Record<string, unknown> = {}) => readReceipt(deliver(text, fields), text);

const receipt = (id: string, state: ReceiptState, status: string, errorCode?: string): Receipt => ({
  id,
  state,
  status,
  errorCode,
});

const B = 'sub:001 dlvrd:001 submit date:2401011200 done date:2401011201';

describe('Receipt in its text', () => {
  test.each<[string, string, Receipt]>([
    [
      'appendix B',
      `id:0123456789 ${B} stat:DELIVRD err:000 text:Hello wor`,
      receipt('0123456789', 'DELIVERED', 'DELIVRD'),
    ],
    ['without what is quoted', `id:1 ${B} stat:DELIVRD err:000`, receipt('1', 'DELIVERED', 'DELIVRD')],
    ['with Text', `id:1 ${B} stat:DELIVRD err:000 Text:`, receipt('1', 'DELIVERED', 'DELIVRD')],
    ['failed', `id:1 ${B} stat:UNDELIV err:027 text:x`, receipt('1', 'FAILED', 'UNDELIV', '027')],
    [
      'submitdate in one word',
      'id:1 sub:001 dlvrd:001 submitdate:2401011200 donedate:2401011201 stat:DELIVRD err:000',
      receipt('1', 'DELIVERED', 'DELIVRD'),
    ],
    [
      'dates with seconds',
      'id:1 submit date:240101120000 done date:240101120001 stat:EXPIRED err:001',
      receipt('1', 'FAILED', 'EXPIRED', '001'),
    ],
    [
      'dates with spaces',
      'id:1 submit date:24-01-01 12:00 done date:24-01-01 12:01 stat:DELIVRD',
      receipt('1', 'DELIVERED', 'DELIVRD'),
    ],
    ['lower case', `id:ab ${B} stat:delivrd err:000`, receipt('ab', 'DELIVERED', 'DELIVRD')],
    [
      'upper case',
      'ID:AB SUB:001 DLVRD:001 SUBMIT DATE:1 DONE DATE:2 STAT:DELIVRD ERR:000',
      receipt('AB', 'DELIVERED', 'DELIVRD'),
    ],
    ['mixed case', 'Id:1 Stat:Undeliv Err:5', receipt('1', 'FAILED', 'UNDELIV', '5')],
    ['=', 'id=1 sub=001 stat=DELIVRD err=000', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['spaces behind the colons', 'id: 1 sub: 001 stat: DELIVRD err: 005', receipt('1', 'DELIVERED', 'DELIVRD', '005')],
    ['spaces around the colons', 'id : 1 stat : REJECTD err : 005', receipt('1', 'FAILED', 'REJECTD', '005')],
    ['several spaces', 'id:1   stat:DELIVRD   err:000', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['commas', 'id:1,sub:001,stat:DELIVRD,err:000', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['semicolons', 'id:1;stat:UNDELIV;err:7', receipt('1', 'FAILED', 'UNDELIV', '7')],
    ['lines', 'id:1\r\nstat:UNDELIV\r\nerr:7\r\n', receipt('1', 'FAILED', 'UNDELIV', '7')],
    ['a space before all', ' id:1 stat:DELIVRD', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['another order', 'stat:DELIVRD err:000 id:1', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['only what is needed', 'id:1 stat:DELIVRD', receipt('1', 'DELIVERED', 'DELIVRD')],
    ['status', 'id:1 status:DELIVRD error:12', receipt('1', 'DELIVERED', 'DELIVRD', '12')],
    [
      'other fields behind it',
      `id:1 ${B} stat:DELIVRD err:000 mcc:310 mnc:260 text:x`,
      receipt('1', 'DELIVERED', 'DELIVRD'),
    ],
    [
      'other fields whose names end like these',
      'msgid:9 xstat:UNDELIV id:1 stat:DELIVRD',
      receipt('1', 'DELIVERED', 'DELIVRD'),
    ],
    [
      'a text that looks like a receipt',
      'id:1 stat:DELIVRD err:000 text:id:2 stat:UNDELIV err:9',
      receipt('1', 'DELIVERED', 'DELIVRD'),
    ],
    ['a zero at its end', 'id:1 err:000 stat:DELIVRD text:\0', receipt('1', 'DELIVERED', 'DELIVRD')],
  ])('A receipt is read from its text: %s.', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    '0',
    '0000012345',
    '18446744073709551615',
    'f4240',
    '000F4240',
    'c449ab9744f47b6af1879e49e75e4f40',
    '7d9f1b1c-2c3a-4a5b-8c7d-0e1f2a3b4c5d',
    '7D9F1B1C-2C3A-4A5B-8C7D-0E1F2A3B4C5D',
    'smsc01.1234:5',
    'a=b',
    '{42}',
    'x'.repeat(64),
  ])('A receipt has the id as the carrier writes it: %s.', (id) => {
    expect(read(`id:${id} ${B} stat:DELIVRD err:000 text:x`)).toEqual(receipt(id, 'DELIVERED', 'DELIVRD'));
    expect(read('', { receipted_message_id: id, message_state: 2 })).toEqual(receipt(id, 'DELIVERED', 'DELIVRD'));
  });

  test.each<[ReceiptState, string[]]>([
    [
      'DELIVERED',
      ['DELIVRD', 'DELIVERED', 'DELIVER', 'DELIV', 'DELIVRED', 'DELIVERD', 'delivered', 'DELIVERED_TO_HANDSET'],
    ],
    [
      'FAILED',
      [
        ...['UNDELIV', 'UNDELIVRD', 'UNDELIVERABLE', 'UNDELIVERED', 'EXPIRED', 'EXPIRD', 'EXPIR', 'DELETED', 'DELETD'],
        ...['REJECTD', 'REJECTED', 'REJECT', 'UNKNOWN', 'SKIPPED', 'FAILED', 'FAIL', 'ABSENT', 'BLOCKED', 'BLACKLST'],
        ...['INVALID', 'ERROR', 'NO_ROUTE', 'NOROUTES', 'UNREACH', 'NOTDELIVERED'],
      ],
    ],
    [
      'PENDING',
      [
        ...[
          'ACCEPTD',
          'ACCEPTED',
          'ACCEPT',
          'ENROUTE',
          'SCHEDULED',
          'SCHEDLD',
          'BUFFERED',
          'BUFFRED',
          'RETRY',
          'QUEUED',
        ],
        ...['SENT', 'TRANSIT', 'PENDING', 'SUBMITD'],
      ],
    ],
  ])('A receipt is %s for each of the status words, even cut or misspelt.', (state, words) => {
    for (const word of words) {
      expect(read(`id:1 stat:${word} err:000`), word).toEqual(receipt('1', state, word.toUpperCase()));
    }
  });

  // Regression: these words were unknown, so that the segment kept its state although the carrier was done with it.
  test.each<[string, ReceiptState]>([
    ['UNDEL', 'FAILED'],
    ['UNDLVRD', 'FAILED'],
    ['DELVRD', 'DELIVERED'],
    ['DLVRD', 'DELIVERED'],
    ['REJCTD', 'FAILED'],
    ['UNKNWN', 'FAILED'],
  ])('The unambiguous status word %s is understood.', (word, state) => {
    expect(read(`id:1 stat:${word} err:000`)?.state).toBe(state);
  });

  // Regression: without a space between fields, the value included the name of the next field.
  test('A receipt is read without spaces between its fields.', () => {
    expect(read('id:12sub:001dlvrd:001submit date:2401011200done date:2401011201stat:UNDELIVerr:027text:x')).toEqual(
      receipt('12', 'FAILED', 'UNDELIV', '027'),
    );
  });

  test.each([
    ['000', undefined],
    ['0', undefined],
    ['00000', undefined],
    ['001', '001'],
    ['27', '27'],
    ['0x1B', '0x1B'],
    ['E12', 'E12'],
    ['-1', '-1'],
    ['1:27', '1:27'],
  ])('A receipt has its error code, unless the code is zero: %s.', (code, expected) => {
    expect(read(`id:1 stat:UNDELIV err:${code} text:x`)?.errorCode).toBe(expected);
    expect(read(`id:1 stat:UNDELIV ERROR=${code}`)?.errorCode).toBe(expected);
  });

  test('A receipt without an error code has none.', () => {
    expect(read('id:1 stat:UNDELIV err: text:x')?.errorCode).not.toBe('000');
    expect(read('id:1 stat:UNDELIV')?.errorCode).toBeUndefined();
  });

  // Regression: an empty field took the name and value of the next field, `text:x`, which quotes the message.
  test('The value of an empty field is not taken from the next field.', () => {
    expect(read('id:1 stat:UNDELIV err: text:x')?.errorCode).toBeUndefined();
  });

  // Regression: fields were also read from the quotation, so that words of a sender became the error of the message.
  test('Fields are not read from the quotation of the message.', () => {
    expect(read('id:1 stat:UNDELIV text:my err:secret')?.errorCode).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['no id', `${B} stat:DELIVRD err:000`],
    ['no status', `id:1 ${B} err:000`],
    ['an unknown status', 'id:1 stat:XYZZY'],
    ['an empty id at its end', 'stat:DELIVRD id:'],
    ['a handset’s words', 'I have an idea: status quo'],
  ])('A text without an id and a known status is not a receipt: %s.', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe('Receipt in optional parameters', () => {
  test.each<[number, string, ReceiptState]>([
    [0, 'SCHEDULED', 'PENDING'],
    [1, 'ENROUTE', 'PENDING'],
    [2, 'DELIVRD', 'DELIVERED'],
    [3, 'EXPIRED', 'FAILED'],
    [4, 'DELETED', 'FAILED'],
    [5, 'UNDELIV', 'FAILED'],
    [6, 'ACCEPTD', 'PENDING'],
    [7, 'UNKNOWN', 'FAILED'],
    [8, 'REJECTD', 'FAILED'],
    [9, 'SKIPPED', 'FAILED'],
  ])('The message_state %i is %s, with the state %s.', (message_state, status, state) => {
    expect(read('', { receipted_message_id: 'ab', message_state })).toEqual(receipt('ab', state, status));
  });

  test('An optional parameter takes precedence over the same field of the text.', () => {
    const text = 'id:text stat:DELIVRD err:011';
    expect(read(text, { receipted_message_id: 'tlv', message_state: 5 })).toEqual(
      receipt('tlv', 'FAILED', 'UNDELIV', '011'),
    );
    expect(read(text, { receipted_message_id: 'tlv' })).toEqual(receipt('tlv', 'DELIVERED', 'DELIVRD', '011'));
    expect(read(text, { message_state: 5 })).toEqual(receipt('text', 'FAILED', 'UNDELIV', '011'));
  });

  test('The text is read where an optional parameter is empty or unknown.', () => {
    expect(read('id:1 stat:DELIVRD', { message_state: 77 })).toEqual(receipt('1', 'DELIVERED', 'DELIVRD'));
    expect(read('id:1 stat:DELIVRD', { receipted_message_id: ' ', message_state: 2 })).toEqual(
      receipt('1', 'DELIVERED', 'DELIVRD'),
    );
    expect(read('', { receipted_message_id: '1', message_state: 77 })).toBeUndefined();
  });

  test.each<[number[], string | undefined]>([
    [[3, 0, 27], '27'],
    [[1, 0x12, 0x34], '4660'],
    [[3, 0, 0], undefined],
  ])('The error code of the network takes precedence over the error code of the text: %o.', (bytes, expected) => {
    const fields = { receipted_message_id: '1', message_state: 5, network_error_code: Buffer.from(bytes) };
    expect(read('', fields)?.errorCode).toBe(expected);
    expect(read('err:099', fields)?.errorCode).toBe(expected);
  });

  test('The error code of the text is used without a valid error code of the network.', () => {
    const fields = { receipted_message_id: '1', message_state: 5, network_error_code: Buffer.from([3, 7]) };
    expect(read('err:099', fields)?.errorCode).toBe('099');
  });
});

describe('Intermediate notification', () => {
  test('An intermediate notification is not final, regardless of its status.', () => {
    for (const word of ['DELIVRD', 'UNDELIV', 'ENROUTE']) {
      expect(read(`id:1 stat:${word}`, { esm_class: INTERMEDIATE })).toEqual(receipt('1', 'PENDING', word));
    }
    const fields = { esm_class: INTERMEDIATE, receipted_message_id: '1', message_state: 5 };
    expect(read('', fields)).toEqual(receipt('1', 'PENDING', 'UNDELIV'));
  });
});

describe('PDU from a carrier', () => {
  const tlvs = { receipted_message_id: '1', message_state: 2 };

  test.each<[string, Record<string, unknown>, boolean]>([
    ['a receipt', { esm_class: RECEIPT }, true],
    ['a receipt with a header', { esm_class: RECEIPT | 0x40 }, true],
    ['a receipt in datagram mode, with a reply path', { esm_class: RECEIPT | 0x81 }, true],
    ['an intermediate notification', { esm_class: INTERMEDIATE }, true],
    ['both parameters without the class', { esm_class: 0, ...tlvs }, true],
    ['a message', { esm_class: 0 }, false],
    ['a message with a header', { esm_class: 0x40 }, false],
    ['a message with a mode', { esm_class: 0x03 }, false],
    ['a message with an id only', { esm_class: 0, receipted_message_id: '1' }, false],
    ['a handset’s acknowledgement', { esm_class: 0x08 }, false],
    ['a user’s acknowledgement', { esm_class: 0x10 }, false],
  ])('Receipts and messages are distinguished: %s.', (_, fields, expected) => {
    expect(isReceipt(deliver('id:1 stat:DELIVRD', fields))).toBe(expected);
  });

  test('Any deliver_sm is read without an error, as a receipt with an id and a status or as none.', () => {
    const words = fc.constantFrom(
      'id:',
      'ID =',
      'stat:',
      'status=',
      'err:',
      'error :',
      ' ',
      'DELIVRD',
      'text:',
      '\0',
      ',',
      '1',
    );
    const text = fc
      .array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 20 })
      .map((all) => all.join(''));
    const fields = fc.record(
      {
        esm_class: fc.nat(255),
        receipted_message_id: fc.string({ maxLength: 70 }),
        message_state: fc.nat(255),
        network_error_code: fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(text, fields, (one, more) => {
        const pdu = deliver(one, more);
        expect(typeof isReceipt(pdu)).toBe('boolean');
        const found = readReceipt(pdu, one);
        if (!found) return;
        expect(found.id).not.toBe('');
        expect(found.status).not.toBe('');
        expect(['DELIVERED', 'FAILED', 'PENDING']).toContain(found.state);
      }),
      { numRuns: 2_000 },
    );
  });

  test('The time to read a text grows with its length only, regardless of its content.', () => {
    const long = `${'id '.repeat(20_000)}${' '.repeat(20_000)}${'stat'.repeat(2_000)}`;
    const start = performance.now();
    expect(readReceipt(deliver('', { message_payload: Buffer.alloc(0) }), long)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
