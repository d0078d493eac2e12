// @module-tag sized
import fc from 'fast-check';
import smpp from 'smpp';
import { describe, expect, test } from 'vitest';
import { bytes, frame, ODD } from '../../../server/test/support/pdus.ts';
import { sized } from '../../../server/test/support/thorough.ts';
import { decode, stringOf } from './codec.ts';

describe('Response with unexpected octets', () => {
  const commandIds = Object.values(smpp.commands).flatMap(({ id }) => (id >= 0x80000000 ? [id] : []));
  const idOf = (body: string, status = 0) => {
    const pdu = decode(frame(0x80000004, Buffer.from(body, 'hex'), status));
    return stringOf(pdu, 'message_id');
  };
  const hex = (text: string) => Buffer.from(text).toString('hex');

  test('A response is never malformed, regardless of its command and its body.', () => {
    const status = fc.integer({ min: 0, max: 0xffffffff });
    const body = fc.oneof(
      bytes(80),
      fc.array(fc.constantFrom(0, 0x04, 0x24, 0x1e, 0x31, 0xff), { maxLength: 40 }).map((all) => Buffer.from(all)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...commandIds), status, body, (command, is, octets) => {
        const pdu = decode(frame(command, octets, is));
        expect([pdu.command_status, pdu.sequence_number]).toEqual([is, 7]);
        for (const field of ['message_id', 'system_id']) expect(typeof stringOf(pdu, field)).toBe('string');
      }),
      { numRuns: sized(5_000) },
    );
    expect(commandIds.length).toBeGreaterThan(10);
  });

  test('A carrier message id is read before any other octets.', () => {
    const id = fc.stringMatching(/^[0-9A-Za-z_.:@$-]{1,64}$/);
    const zeros = fc.nat(8).map((length) => Buffer.alloc(length));
    fc.assert(
      fc.property(id, fc.oneof(bytes(80), zeros), (text, suffix) => {
        expect(idOf(`${hex(text)}00${suffix.toString('hex')}`)).toBe(text);
      }),
    );
  });

  test.each(Object.entries(ODD))('A carrier message id is read with its terminator and %s behind it.', (_, suffix) => {
    expect(idOf(`${hex('abc-123')}00${suffix}`)).toBe('abc-123');
  });

  test('A short id with two terminators is read as an id, not as a parameter without a value.', () => {
    for (const id of ['ab', '12', '1', 'abcdef']) expect(idOf(`${hex(id)}0000`)).toBe(id);
  });

  test.each<[string, string, string]>([
    ['no terminator', hex('abc-123'), 'abc-123'],
    ['no terminator, and a parameter', `${hex('abc-123')}14000003414243`, 'abc-123'],
    ['no terminator, and a parameter whose tag begins with a zero', `${hex('abc-123')}001e000341424300`, 'abc-123'],
    ['spaces around the id', `20${hex('abc-123')}202000`, 'abc-123'],
    ['a line end behind the id', `${hex('abc-123')}0d0a00`, 'abc-123'],
    ['no body', '', ''],
    ['an empty id', '00', ''],
    ['an empty id, and zeros', '0000000000', ''],
    ['a parameter alone', '14000003414243', ''],
    ['a parameter alone whose tag begins with a zero', '001d000341424300', ''],
    ['a truncated parameter alone', '042400ff41', ''],
  ])('A response has its carrier message id, or no id: %s.', (_, body, id) => {
    expect(idOf(body)).toBe(id);
    expect(decode(frame(0x80000004, Buffer.from(body, 'hex'), 0x0b)).command_status).toBe(0x0b);
  });

  test.each<[string, string]>([
    ['a terminator', '7468656d0002100001 34'],
    ['no terminator', '7468656d02100001 34'],
    ['two terminators', '7468656d000002100001 34'],
  ])('A response to a bind has system id and version with %s.', (_, body) => {
    const pdu = decode(frame(0x80000009, Buffer.from(body.replace(' ', ''), 'hex')));
    expect([stringOf(pdu, 'system_id'), pdu['sc_interface_version']]).toEqual(['them', 0x34]);
  });

  test('A response to a bind may have 16 or 17 octets.', () => {
    expect(stringOf(decode(frame(0x80000009, Buffer.alloc(0))), 'system_id')).toBe('');
    expect(stringOf(decode(frame(0x80000009, Buffer.alloc(1))), 'system_id')).toBe('');
  });
});
