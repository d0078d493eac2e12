// @module-tag slow
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encode } from '@redcloud/smpp';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { LinkState, Submission } from '#carriers/carrier.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { smppSettings } from '../support/smpp-settings.ts';
import { ATTACKS, type Attack } from './hostile-pdus.ts';
import { HostilePeer, type HostileSession } from './hostile-peer.ts';

const MANY = 100_000;
/** Seed of the first attack. Each further attack adds one, and the message of a failure contains its seed. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_260_713);
/** Number of parallel sessions, because a carrier reconnects only a quarter of a second after a session ends. */
const DUELS = 32;
const MIB = 1_048_576;
/** Less than 75,000 PDUs with 28 leaked bytes each. */
const NOTHING = 2 * MIB;

v8.setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let duels: Duel[];
afterEach(() => Promise.all(duels.map((duel) => duel.stop())));

const SUBMISSION: Submission = {
  ...{
    reference: 'msg_HOSTILE/1',
    attempt: 1,
    from: '+15551234567',
    to: '+15557654321',
    text: 'Hello',
    segments: 1,
    part: 1,
    parts: 1,
  },
  ...{ messageType: 'SMS', encoding: 'GSM7', latin1: true, campaignId: null, validSeconds: null, media: null },
};

/** A carrier and the hostile peer to which it is bound. */
class Duel {
  readonly carrier: Smpp;
  /** Reason for the end of the last session. */
  reason: string | undefined;
  readonly #peer: HostilePeer;
  #session: HostileSession | undefined;
  #state: LinkState = 'down';
  /** Whether a session has ended since the last call of `session`. */
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  private constructor(peer: HostilePeer) {
    this.#peer = peer;
    const settings = { name: 'acme', type: 'smpp', host: '127.0.0.1', port: peer.port, systemId: 'us', password: 'x' };
    this.carrier = new Smpp({ settings: smppSettings(settings), random: () => 0 });
  }

  static async start(): Promise<Duel> {
    const duel = new Duel(await HostilePeer.start());
    await duel.carrier.start({
      onReport: async () => null,
      onInbound: async () => undefined,
      onState: (_, state, reason) => {
        duel.#state = state;
        if (state !== 'up') {
          duel.reason = reason;
          duel.#hasEnded = true;
        }
        duel.#changed.resolve();
        duel.#changed = Promise.withResolvers();
      },
    });
    return duel;
  }

  /** The current session, or the next one after a reconnect. */
  async session(): Promise<HostileSession> {
    this.#session ??= await this.#peer.next();
    while (this.#state !== 'up') await this.#changed.promise;
    this.#hasEnded = false;
    return this.#session;
  }

  /** @returns the outcome of a submit that was in progress during the attack. */
  async attack(attack: Pick<Attack, 'pieces' | 'cuts'>): Promise<string> {
    const session = await this.session();
    const submitted = this.carrier.submit(SUBMISSION);
    await session.asked;
    await session.send(attack);
    if (await session.survives()) session.answer();
    else await this.ended();
    return (await submitted).outcome;
  }

  /** Resolves when the session has ended. On a busy machine the carrier may already have the next session by then. */
  async ended(): Promise<void> {
    this.#session = undefined;
    while (!this.#hasEnded) await this.#changed.promise;
  }

  async stop(): Promise<void> {
    await this.carrier.stop();
    await this.#peer.stop();
  }
}

/** Resources that a leak would increase. */
function kept() {
  collectGarbage();
  const count = (name: string) => process.getActiveResourcesInfo().filter((one) => one === name).length;
  return { bytes: process.memoryUsage().heapUsed, sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

test(`${MANY} random and mutated PDUs neither crash nor leak, and each ended session has a reason.`, async () => {
  duels = await Promise.all(Array.from({ length: DUELS }, Duel.start));
  let sent = 0;
  let seed = SEED;
  async function fight(duel: Duel, until: number): Promise<void> {
    while (sent < until) {
      seed += 1;
      const hint = `HOSTILE_SEED=${seed - 1}`;
      const [attack] = fc.sample(ATTACKS, { seed, numRuns: 1 }) as [Attack];
      sent += attack.pieces.length;
      const outcome = await duel.attack(attack);
      expect(outcome, hint).toBe(attack.ending ? 'unknown' : 'accepted');
      if (attack.ending) expect(duel.reason, hint).toMatch(attack.ending);
    }
    await duel.session();
  }
  const fightOn = (until: number) => Promise.all(duels.map((duel) => fight(duel, until)));

  await fightOn(MANY / 4);
  const before = kept();
  await fightOn(MANY);
  const after = kept();
  expect(after).toMatchObject({ sockets: before.sockets, timers: before.timers });
  expect(after.bytes - before.bytes).toBeLessThan(NOTHING);
  for (const duel of duels) expect(await duel.attack({ pieces: [], cuts: [] })).toBe('accepted');
}, 120_000);

test('A peer that sends requests without reading the responses loses its session before memory fills.', async () => {
  const duel = await Duel.start();
  duels = [duel];
  const session = await duel.session();
  session.stopReading();
  const flood = Buffer.concat(Array.from({ length: 4_000 }, (_, i) => encode('enquire_link', i + 1)));
  const over = duel.ended().then(() => true);
  while (!(await Promise.race([over, session.send({ pieces: [flood], cuts: [] })])));
  expect(duel.reason).toBe('the peer does not read the sent data');
}, 30_000);
