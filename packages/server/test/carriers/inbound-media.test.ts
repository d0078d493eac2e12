import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Delivery, Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';
import { type Accepted, MockVendor, PUBLIC_URL } from './mock-vendor.ts';

/** A JPEG whose content no image library can decode. */
const PHOTO = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(30_000, 7)]);
const NUMBER = '+15551234567';
const HANDSET = '+15551230021';

/** Server of the files of inbound messages, whose links can fail. */
let files: Server;
let answer: (response: ServerResponse) => void;
let filesUrl: string;
let vendor: MockVendor;
let directory: string;
let redcloud: TestRedCloud;
let receiver: Receiver;
let count = 0;

const ok = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(PHOTO);
const broken = (response: ServerResponse) => response.writeHead(503).end();
const missing = (response: ServerResponse) => response.writeHead(404).end();
const gone = (response: ServerResponse) => response.writeHead(410).end();

beforeAll(async () => {
  files = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  vendor = await MockVendor.start('twilio');
  directory = mkdtempSync(join(tmpdir(), 'redcloud-inbound-'));
  const carriers = join(directory, 'carriers.json');
  writeFileSync(carriers, JSON.stringify({ carriers: [vendor.settings()], default: 'twilio' }));
  redcloud = await startRedCloud({
    env: { RC_CARRIERS: carriers, RC_PUBLIC_URL: PUBLIC_URL, RC_MEDIA: `file:${join(directory, 'media')}` },
  });
  receiver = await withReceiver(redcloud);
});
afterEach(() => {
  answer = ok;
});
afterAll(async () => {
  await vendor.stop();
  await redcloud.stop();
  await receiver.stop();
  files.closeAllConnections();
  files.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Event {
  messageId: string;
  type: string;
  sequence: number;
  media: { storageKey?: string; byteLength: number; error?: string }[];
}

/** Sends the callback of an MMS. @returns the id at the carrier, and the status of the response. */
async function mms(fields: { id?: string; text?: string; links?: number; from?: string } = {}) {
  count += 1;
  const { id = `in-media-${count}`, text = '', links = 1, from = HANDSET } = fields;
  const media = Array.from({ length: links }, (_, i) => `${filesUrl}/${id}/${i}.jpg`);
  return { id, status: await vendor.inbound(redcloud.url, { id, from, to: NUMBER, text, media }) };
}

const inboundEvents = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ body }) => body as unknown as Event).filter(({ type }) => type === 'message.inbound');

/** Inbound messages with the id of the carrier. */
async function messagesOf(id: string) {
  const { json } = await redcloud.call('/api/core/messages?direction=INBOUND&limit=100');
  return (json.items ?? json.messages).filter((one: { providerMessageRef: string }) => one.providerMessageRef === id);
}

/** Events of the message, after the webhooks that are due have been delivered. */
async function eventsOf(id: string, expected: number): Promise<Event[]> {
  const [message] = await messagesOf(id);
  const mine = (all: readonly Delivery[]) =>
    inboundEvents(all).filter(({ messageId }) => messageId === message.messageId);
  if (expected === 0) return mine(await receiver.until(() => true));
  return mine(await receiver.until((all) => mine(all).length >= expected));
}

async function contentOf(key: string | undefined): Promise<Buffer> {
  const response = await fetch(`${redcloud.url}/api/core/media/${key}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Moves the clock beyond the next attempt of the worker. */
async function later(seconds: number): Promise<void> {
  redcloud.clock.advance(seconds * 1000);
  await redcloud.running.look();
}

describe('Files of an inbound message', () => {
  test('Files that the vendor serves in time are stored byte for byte before the response to the callback.', async () => {
    answer = ok;
    const { id, status } = await mms({ links: 2 });
    answer = gone;
    expect(status).toBe(204);
    const [event] = await eventsOf(id, 1);
    expect(event?.media).toHaveLength(2);
    for (const { storageKey } of event?.media ?? []) expect((await contentOf(storageKey)).equals(PHOTO)).toBe(true);
    expect(await messagesOf(id)).toMatchObject([{ media: event?.media }]);
  });

  test('A file that fails at first is copied later, and the event follows once, with the file.', async () => {
    answer = broken;
    const { id, status } = await mms();
    expect(status).toBe(204);
    expect(await messagesOf(id)).toHaveLength(1);
    expect(await mms({ id })).toMatchObject({ status: 204 });
    expect(await eventsOf(id, 0)).toEqual([]);
    expect((await messagesOf(id))[0].media).toEqual([{ mimeType: 'image/jpeg', byteLength: 0 }]);
    answer = ok;
    await later(20);
    const [event, ...more] = await eventsOf(id, 1);
    expect(event).toMatchObject({ sequence: 1, media: [{ byteLength: PHOTO.length }] });
    expect((await contentOf(event?.media[0]?.storageKey)).equals(PHOTO)).toBe(true);
    expect(more).toEqual([]);
  });

  test('A file that cannot be copied within an hour is listed with its error, beside the stored files.', async () => {
    let calls = 0;
    answer = (response) => (++calls === 1 ? ok(response) : broken(response));
    const { id } = await mms({ links: 2 });
    for (let minutes = 0; minutes < 75; minutes += 5) await later(300);
    const [event, ...more] = await eventsOf(id, 1);
    const [first, second] = event?.media.toSorted((a, b) => b.byteLength - a.byteLength) ?? [];
    expect(first).toMatchObject({ storageKey: expect.any(String), byteLength: PHOTO.length });
    expect(second).toEqual({ mimeType: 'image/jpeg', byteLength: 0, error: 'HTTP 503' });
    expect(more).toEqual([]);
  });

  test.each([401, 403, 404])('A file for which the vendor first returns HTTP %i is copied later.', async (status) => {
    answer = (response) => response.writeHead(status).end();
    const { id } = await mms();
    expect(await eventsOf(id, 0)).toEqual([]);
    answer = ok;
    await later(20);
    const [event, ...more] = await eventsOf(id, 1);
    expect(event?.media).toMatchObject([{ storageKey: expect.any(String), byteLength: PHOTO.length }]);
    expect(more).toEqual([]);
  });

  test('A file that the vendor does not have within an hour is listed with its error.', async () => {
    answer = missing;
    const { id } = await mms();
    for (let minutes = 0; minutes < 75; minutes += 5) await later(300);
    const [event] = await eventsOf(id, 1);
    expect(event?.media).toEqual([{ mimeType: 'image/jpeg', byteLength: 0, error: 'HTTP 404' }]);
  });

  test('A file that the vendor has deleted is listed with its error at once.', async () => {
    answer = gone;
    const { id } = await mms();
    const [event] = await eventsOf(id, 1);
    expect(event?.media).toEqual([{ mimeType: 'image/jpeg', byteLength: 0, error: 'HTTP 410' }]);
  });

  test('Files beyond the first 20 of a message are listed with an error.', async () => {
    answer = ok;
    const { id } = await mms({ links: 23 });
    const [event] = await eventsOf(id, 1);
    expect(event?.media.slice(0, 20).every(({ storageKey }) => storageKey !== undefined)).toBe(true);
    const error = 'Only the first 20 files of a message are copied';
    expect(event?.media.slice(20)).toEqual(Array(3).fill({ mimeType: 'image/jpeg', byteLength: 0, error }));
    expect(await messagesOf(id)).toMatchObject([{ media: event?.media }]);
  });

  test('A keyword takes effect before the files are copied.', async () => {
    answer = broken;
    const { id } = await mms({ text: 'STOP', from: '+15551230022' });
    const { json } = await redcloud.call('/api/core/opt-outs?recipient=%2B15551230022');
    expect(JSON.stringify(json)).toContain('+15551230022');
    expect(await eventsOf(id, 0)).toEqual([]);
    answer = ok;
    await later(20);
    expect(await eventsOf(id, 1)).toMatchObject([{ keyword: 'STOP', optOutType: 'STOP' }]);
  });

  test('Copies from a slow vendor do not delay the callbacks about sent messages.', async () => {
    const held: ServerResponse[] = [];
    answer = (response) => held.push(response);
    const slow = Array.from({ length: 40 }, () => mms({ from: '+15551230024' }));
    await expect.poll(() => held.length).toBeGreaterThanOrEqual(16);
    await sendTo(redcloud, '+15551230025');
    await expect.poll(() => vendor.accepted.some(({ to }) => to === '+15551230025')).toBe(true);
    const sent = vendor.accepted.find(({ to }) => to === '+15551230025');
    const first = await Promise.race([
      vendor.report(redcloud.url, sent as Accepted, 'delivered'),
      Promise.all(slow).then(() => 'all copies had ended'),
    ]);
    expect(first).toBe(204);
    answer = ok;
    for (const response of held) ok(response);
    for (const { status } of await Promise.all(slow)) expect(status).toBe(204);
  });

  test('A restart during the copy loses no message, and the files are copied afterwards.', async () => {
    const held: ServerResponse[] = [];
    answer = (response) => held.push(response);
    const callback = mms({ from: '+15551230023' }).catch(() => undefined);
    await expect.poll(() => held.length).toBe(1);
    answer = ok;
    redcloud = await redcloud.restart();
    await callback;
    const id = `in-media-${count}`;
    await later(20);
    const [event, ...more] = await eventsOf(id, 1);
    expect(event?.media).toMatchObject([{ byteLength: PHOTO.length }]);
    expect(more).toEqual([]);
  });
});
