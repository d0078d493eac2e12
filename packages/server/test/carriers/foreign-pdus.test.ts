// @module-tag slow
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { InboundMessage } from '#carriers/carrier.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { CUT_SHORT, ESME_ROK, foreignCarrier, HANDSET, listening, OURS, PASSWORD, settingsOf } from './foreign.ts';

const { startSmsc } = foreignCarrier();

describe('PDUs of foreign SMSCs', () => {
  async function bound(port: number) {
    const inbound: InboundMessage[] = [];
    const smpp = new Smpp({ settings: settingsOf(port) });
    await smpp.start({
      onReport: async () => null,
      onInbound: async (_carrier, message) => void inbound.push(message),
    });
    return { smpp, inbound };
  }

  // drive_smpp does this occasionally. In session.ts the phase stays `binding` until a microtask after the frames are
  // handled.
  test('A message in the same TCP segment as the bind response is accepted.', async () => {
    const answer = Promise.withResolvers<Buffer>();
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from(BIND_RESP + DELIVER_SM, 'hex'));
        socket.once('data', (chunk) => {
          answer.resolve(chunk);
          socket.destroy();
        });
      });
      socket.on('error', () => undefined);
    });
    await listening(server, 0);
    const { smpp, inbound } = await bound((server.address() as AddressInfo).port);
    const status = (await answer.promise).readUInt32BE(8);
    server.close();
    await smpp.stop();
    expect(status).toBe(ESME_ROK);
    expect(inbound).toMatchObject([{ from: '456', to: '123', text: '1' }]);
  });

  // The PDU library omits fields for which a PDU is too short.
  test('A truncated deliver_sm is not accepted as a message.', async () => {
    const smsc = await startSmsc({ systemId: 'redcloud', password: PASSWORD });
    const { smpp, inbound } = await bound(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_SHORT, 'hex'));
    await smsc.write(HANDSET, OURS, 'Whole');
    await smpp.stop();
    expect(inbound.map(({ text }) => text)).toEqual(['Whole']);
  });

  // The text has fewer octets than sm_length states.
  test('A truncated text is not accepted as a message.', async () => {
    const smsc = await startSmsc({ systemId: 'redcloud', password: PASSWORD });
    const { smpp, inbound } = await bound(smsc.port);
    smsc.writeRaw(Buffer.from(CUT_TEXT, 'hex'));
    await smsc.write(HANDSET, OURS, 'Whole');
    await smpp.stop();
    expect(inbound.map(({ text }) => text)).toEqual(['Whole']);
  });
});

/** A deliver_sm from 1 to 2 with an sm_length of 200 and two octets of text. */
const CUT_TEXT = '00000025000000050000000000000004000000310000003200000000000000000000c86162';
const BIND_RESP = '0000001180000009000000000000000100';
/** A deliver_sm from 456 to 123 with the text 1. */
const DELIVER_SM = '00000028000000050000000000000001000000343536000000313233000000000000000000000131';
