import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { decode, encodeResponse, Framer, type Pdu } from '@redcloud/smpp';
import { afterEach, beforeEach } from 'vitest';
import type { CarrierHandlers, InboundMessage, Report, Submission } from '#carriers/carrier.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import type { Behaviour } from '#smsc/behaviour.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { smppSettings } from './smpp-settings.ts';
import { submissionOf } from './submissions.ts';

let count = 0;
/** @returns a segment with another reference at each call. */
export function part(to: string, more: Partial<Submission> = {}): Submission {
  count += 1;
  return submissionOf({ reference: `msg_SMPP${count}/1`, to, campaignId: 'C123', ...more });
}

interface Heard extends CarrierHandlers {
  reports: Report[];
  inbound: InboundMessage[];
  states: [string, string | undefined][];
}

/** @returns handlers that keep what a carrier reports. */
export function handlers(): Heard {
  const heard: Heard = {
    reports: [],
    inbound: [],
    states: [],
    async onReport(_, report) {
      heard.reports.push(report);
    },
    async onInbound(_, message) {
      heard.inbound.push(message);
    },
    onState: (_, state, reason) => heard.states.push([state, reason]),
  };
  return heard;
}

/**
 * Starts the SMSC simulator before each test of one file, and stops it with all carriers after the test.
 * @returns access to the simulator, and functions that create carriers of this simulator.
 */
export function smppLink() {
  let smsc: SmscSimulator;
  let carriers: Smpp[];

  beforeEach(async () => {
    smsc = await SmscSimulator.start({ systemId: 'redcloud', password: 'secret', behaviour: { pace: 0.02 } });
    carriers = [];
  });
  afterEach(async () => {
    await Promise.all(carriers.map((carrier) => carrier.stop()));
    await smsc.stop();
  });

  function smpp(settings: Record<string, unknown> = {}): Smpp {
    const read = smppSettings({
      name: 'acme',
      type: 'smpp',
      host: '127.0.0.1',
      port: smsc.port,
      systemId: 'redcloud',
      password: 'secret',
      responseSeconds: 0.3,
      ...settings,
    });
    const carrier = new Smpp({ settings: read });
    carriers.push(carrier);
    return carrier;
  }

  async function started(settings: Record<string, unknown> = {}) {
    const heard = handlers();
    const carrier = smpp(settings);
    await carrier.start(heard);
    return { carrier, heard };
  }

  /** Submits to a peer that accepts every bind. `onSubmit` responds to the submit. */
  async function againstPeer(onSubmit: (socket: Socket, pdu: Pdu) => void) {
    const server = createServer((socket) => {
      const framer = new Framer();
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const pdu of framer.push(chunk).map(decode)) {
          if (pdu.command === 'submit_sm') onSubmit(socket, pdu);
          else socket.write(encodeResponse(pdu));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const carrier = smpp({ port: (server.address() as AddressInfo).port });
    await carrier.start(handlers());
    const submitted = carrier.submit(part('+15550000001')).finally(() => server.close());
    return { carrier, submitted };
  }

  const behave = (behaviour: Partial<Behaviour>) => Object.assign(smsc.behaviour, behaviour);

  return { smsc: () => smsc, smpp, started, againstPeer, behave };
}
