import { createHash } from 'node:crypto';
import type { Shift } from '../text/gsm7.ts';
import { numberOf, type Pdu } from './codec.ts';

/** Form of a long message (TS 23.040 §9.2.3.24.1 and .8; SMPP 3.4, §5.3.2.22 to .24). */
export type LongMessages = 'udh8' | 'udh16' | 'sar' | 'message_payload';

/** Number of a segment, from 1, and number of segments. */
export interface SegmentPosition {
  part: number;
  parts: number;
}

/** Segment with its place, in a header before its text or in optional parameters. */
export interface Joined {
  esmClass: number;
  bytes: Buffer;
  tlvs: Record<string, number>;
}

/** Bit of esm_class: user data begins with a header (SMPP 3.4, §5.2.12). */
const UDHI = 0x40;

export function joined(bytes: Buffer, { part, parts }: SegmentPosition, group: number, how: LongMessages): Joined {
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
      // Long messages are submitted whole. A message that was begun in segments continues in segments.
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
 * Number by which a handset joins the segments of a message. Repeated submits of a segment have the same number.
 * Two messages share a number with a probability of 1 in 256 for 8 bits, or 1 in 65,536 for 16 bits.
 */
export function groupOf(reference: string): number {
  const message = reference.split('/', 1)[0] as string;
  return createHash('sha256').update(message).digest().readUInt16BE(0);
}

/** Place of a segment from a handset, and the group number of its message. */
export interface Fragment extends SegmentPosition {
  group: number;
}

export interface UserData {
  /** Undefined for a whole message. */
  fragment: Fragment | undefined;
  /** National language tables of the text. Undefined if the header names none. */
  shift: Shift | undefined;
  bytes: Buffer;
}

/** Information elements (TS 23.040 §9.2.3.24). */
const CONCATENATED_8 = 0x00;
const CONCATENATED_16 = 0x08;
const SINGLE_SHIFT = 0x24;
const LOCKING_SHIFT = 0x25;

/** Reads and removes the user data header, if there is one. An invalid header is text. */
export function readUserData(esmClass: number, bytes: Buffer): UserData {
  const length = bytes[0];
  if ((esmClass & UDHI) === 0 || length === undefined || length + 1 > bytes.length)
    return { fragment: undefined, shift: undefined, bytes };
  return { ...readHeader(bytes.subarray(1, length + 1)), bytes: bytes.subarray(length + 1) };
}

/** Reads the elements of a header. The last of several elements with the same meaning counts (§9.2.3.24). */
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

/** @returns undefined for a segment outside of its message, which is ignored (TS 23.040 §9.2.3.24.1). */
export function placed(group = 0, parts = 0, part = 0): Fragment | undefined {
  return parts > 1 && part >= 1 && part <= parts ? { group, parts, part } : undefined;
}

/** Place in the optional parameters (SMPP 3.4, §5.3.2.22 to .24). */
export function placeOf(pdu: Pdu): Fragment | undefined {
  return placed(
    numberOf(pdu, 'sar_msg_ref_num'),
    numberOf(pdu, 'sar_total_segments'),
    numberOf(pdu, 'sar_segment_seqnum'),
  );
}
