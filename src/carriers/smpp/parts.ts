import { createHash } from 'node:crypto';
import type { Shift } from '../charsets/gsm7.ts';
import { numberOf, type Pdu } from './codec.ts';

/** How a long message is told to be one (TS 23.040 §9.2.3.24.1 and .8; SMPP 3.4, §5.3.2.22 to .24). */
export type LongMessages = 'udh8' | 'udh16' | 'sar' | 'message_payload';

/** Which part of how many. */
export interface Place {
  part: number;
  parts: number;
}

/** What joins a part to the others: before its text, or in optional parameters. */
export interface Joined {
  esmClass: number;
  bytes: Buffer;
  tlvs: Record<string, number>;
}

/** User data begins with a header (SMPP 3.4, §5.2.12). */
const UDHI = 0x40;

export function joined(bytes: Buffer, { part, parts }: Place, group: number, how: LongMessages): Joined {
  if (parts === 1) return { esmClass: 0, bytes, tlvs: {} };
  switch (how) {
    case 'udh8':
      return { esmClass: UDHI, bytes: Buffer.concat([Buffer.of(5, 0, 3, group & 0xff, parts, part), bytes]), tlvs: {} };
    case 'udh16':
      return {
        esmClass: UDHI,
        bytes: Buffer.concat([Buffer.of(6, 8, 4, (group >> 8) & 0xff, group & 0xff, parts, part), bytes]),
        tlvs: {},
      };
    case 'message_payload':
      // It goes whole; but what was begun in parts goes on in parts.
      return joined(bytes, { part, parts }, group, 'udh8');
    case 'sar':
      return {
        esmClass: 0,
        bytes,
        tlvs: { sar_msg_ref_num: group & 0xffff, sar_total_segments: parts, sar_segment_seqnum: part },
      };
  }
}

/**
 * The number that a message's parts have in common, for a handset to join them by: the same whenever a part is handed over
 * again, and another for the next message to the same handset (with one chance in 256, or in 65,536, of the same one).
 */
export function groupOf(reference: string): number {
  const message = reference.split('/', 1)[0] as string;
  return createHash('sha256').update(message).digest().readUInt16BE(0);
}

/** What a handset's part says of the message that it is of. */
export interface Fragment extends Place {
  group: number;
}

export interface UserData {
  /** Absent: it is the whole message. */
  fragment: Fragment | undefined;
  /** National language tables of the text; undefined if the header names none. */
  shift: Shift | undefined;
  bytes: Buffer;
}

/** Information elements (TS 23.040 §9.2.3.24). */
const CONCATENATED_8 = 0x00;
const CONCATENATED_16 = 0x08;
const SINGLE_SHIFT = 0x24;
const LOCKING_SHIFT = 0x25;

/** Takes the header off, if there is one. A header that is none is text. */
export function readUserData(esmClass: number, bytes: Buffer): UserData {
  const length = bytes[0];
  if ((esmClass & UDHI) === 0 || length === undefined || length + 1 > bytes.length)
    return { fragment: undefined, shift: undefined, bytes };
  return { ...readHeader(bytes.subarray(1, length + 1)), bytes: bytes.subarray(length + 1) };
}

/** The last of several elements of one meaning counts (§9.2.3.24). */
function readHeader(header: Buffer): Omit<UserData, 'bytes'> {
  let fragment: Fragment | undefined;
  let shift: Shift | undefined;
  for (let at = 0; at + 2 <= header.length; ) {
    const size = header[at + 1] as number;
    const element = header.subarray(at + 2, at + 2 + size);
    switch (header[at]) {
      case CONCATENATED_8:
        if (element.length === 3) fragment = placed(element[0], element[1], element[2]) ?? fragment;
        break;
      case CONCATENATED_16:
        if (element.length === 4) fragment = placed(element.readUInt16BE(0), element[2], element[3]) ?? fragment;
        break;
      case SINGLE_SHIFT:
        if (element.length === 1) shift = { locking: 0, ...shift, single: element[0] as number };
        break;
      case LOCKING_SHIFT:
        if (element.length === 1) shift = { single: 0, ...shift, locking: element[0] as number };
        break;
    }
    at += 2 + size;
  }
  return { fragment, shift };
}

/** A part outside of its message is ignored, as TS 23.040 §9.2.3.24.1 has it. */
export function placed(group = 0, parts = 0, part = 0): Fragment | undefined {
  return parts > 1 && part >= 1 && part <= parts ? { group, parts, part } : undefined;
}

/** The place that optional parameters state (SMPP 3.4, §5.3.2.22 to .24). */
export function placeOf(pdu: Pdu): Fragment | undefined {
  return placed(
    numberOf(pdu, 'sar_msg_ref_num'),
    numberOf(pdu, 'sar_total_segments'),
    numberOf(pdu, 'sar_segment_seqnum'),
  );
}
