import { type CodedSegment, type CodedText, decodeSegments } from '@redcloud/smpp';
import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import {
  ADD,
  DELETE_GROUP,
  DELETE_JOINED,
  FRAGMENTS,
  type FragmentRow,
  JOIN,
  JOIN_INCOMPLETE,
  LOCK_GROUP,
  OVERDUE,
} from './sql.ts';

/** A segment of a message from a handset. */
export interface Fragment {
  carrier: string;
  from: string;
  to: string;
  group: number;
  parts: number;
  part: number;
  /** May begin or end within a character. */
  text: string;
  /** Octets of the text. Stored instead of the text. */
  coded?: CodedText;
}

type Group = Pick<Fragment, 'carrier' | 'from' | 'to' | 'group' | 'parts'>;

const key = ({ carrier, from, to, group, parts }: Group) => [carrier, from, to, group, parts] as const;

/**
 * Time after the completion of a message in which an equal segment is a repeat, because its response was lost. A later
 * one belongs to another message.
 */
const REPEATED_MS = 60_000;

/**
 * Stores a segment until all segments of its message are stored. Handsets reuse group numbers after 255 messages. A
 * different text under a stored number thus belongs to another message, and the stored segments become a message of
 * their own.
 * @returns the texts completed by this segment, mostly none or one.
 */
export async function addFragment(tx: Queryable, fragment: Fragment, now: Date): Promise<string[]> {
  await run(tx, LOCK_GROUP, key(fragment).join('\n'));
  const bytes = packed(fragment);
  const before = await rowsOf(tx, fragment);
  const same = before.find(({ part }) => part === fragment.part);
  const joinedLately = before.some(
    ({ joined, receivedAt }) => joined && now.getTime() - receivedAt.getTime() < REPEATED_MS,
  );
  // An earlier version stored the text instead of the octets.
  const isEqual = same && (bytes.equals(same.text) || utf16le(fragment.text).equals(same.text));
  const repeated = isEqual && (joinedLately || !same.joined);
  if (repeated) return [];
  const whole: string[] = [];
  if (same || before.some(({ joined }) => joined)) {
    const left = before.filter(({ joined }) => !joined);
    if (left.length > 0) whole.push(textOf(left));
    await deleteGroup(tx, fragment);
  }
  await run(tx, ADD, ...key(fragment), fragment.part, bytes, now);
  const rows = await rowsOf(tx, fragment);
  if (rows.length < fragment.parts) return whole;
  await run(tx, JOIN, ...key(fragment));
  return [...whole, textOf(rows)];
}

/** Groups that have waited for missing segments since before the given time. */
export async function overdueGroups(db: Queryable, before: Date): Promise<Group[]> {
  return run(db, OVERDUE, before);
}

/** Joins the received segments of an incomplete message. @returns undefined when another process has joined it. */
export async function joinIncomplete(tx: Queryable, group: Group): Promise<string | undefined> {
  const rows = (await run(tx, JOIN_INCOMPLETE, ...key(group))).toSorted((a, b) => a.part - b.part);
  return rows.length > 0 ? textOf(rows) : undefined;
}

export async function deleteJoined(db: Queryable, before: Date): Promise<number> {
  const rows = await run(db, DELETE_JOINED, before);
  return rows.length;
}

function deleteGroup(tx: Queryable, group: Group): Promise<unknown> {
  return run(tx, DELETE_GROUP, ...key(group));
}

function rowsOf(tx: Queryable, group: Group): Promise<FragmentRow[]> {
  return run(tx, FRAGMENTS, ...key(group));
}

function textOf(rows: readonly FragmentRow[]): string {
  return decodeSegments(rows.map(unpacked)).toWellFormed();
}

function utf16le(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

/** Mark of stored octets: U+FFFF, which is no character and cannot begin a text. */
const MARK = Buffer.of(0xff, 0xff);

/** Stores octets as mark, length and name of the coding, and octets. A text without octets is stored as UTF-16LE. */
function packed({ text, coded }: Fragment): Buffer {
  if (!coded) return utf16le(text);
  return Buffer.concat([MARK, Buffer.of(coded.coding.length), Buffer.from(coded.coding, 'latin1'), coded.octets]);
}

function unpacked({ part, text }: FragmentRow): CodedSegment {
  const bytes = Buffer.from(text);
  if (!bytes.subarray(0, 2).equals(MARK)) return { part, coding: 'text', octets: bytes };
  const end = 3 + (bytes[2] ?? 0);
  return { part, coding: bytes.toString('latin1', 3, end) as CodedSegment['coding'], octets: bytes.subarray(end) };
}
