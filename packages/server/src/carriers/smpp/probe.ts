import {
  isLatin1,
  numberOf,
  type Pdu,
  type Role,
  Session,
  type SessionEnd,
  STATUS,
  statusName,
  stringOf,
} from '@redcloud/smpp';
import { failed, ok, type Report, skipped, warning } from '../check/finding.ts';
import type { ProbeMessage } from '../check/probe-message.ts';
import { unreachable } from '../check/transport.ts';
import { Deliveries } from './probe-deliveries.ts';
import type { SmppCarrier } from './settings.ts';
import { submitSm } from './submit.ts';

/** Number of enquire_link requests, which measure the latency. */
const ENQUIRIES = 3;

/** Binds as the carrier does, reports its findings, and unbinds. @param message sent if defined. */
export async function probeSmpp(settings: SmppCarrier, report: Report, message?: ProbeMessage): Promise<void> {
  const deliveries = new Deliveries(settings, report, message?.to);
  const roles: Role[] = settings.bindMode === 'transceiver' ? ['transceiver'] : ['transmitter', 'receiver'];
  const binds: ProbeBind[] = [];
  for (const role of roles) binds.push(await bindAs(role, settings, report, deliveries));
  const [first] = binds as [ProbeBind];
  if (binds.every(({ isBound }) => isBound)) {
    await measure(first, report);
    if (message) await sendOne(first, { settings, report, deliveries, message });
    else report(skipped('message', 'Set --to to the number of your own handset, and --from to one of your numbers.'));
  }
  await Promise.all(binds.map(({ session }) => session.unbind()));
}

interface ProbeBind {
  session: Session<string>;
  isBound: boolean;
  ended: Promise<SessionEnd>;
}

async function bindAs(role: Role, settings: SmppCarrier, report: Report, deliveries: Deliveries): Promise<ProbeBind> {
  const [bound, ended] = [Promise.withResolvers<Pdu>(), Promise.withResolvers<SessionEnd>()];
  const startedAt = performance.now();
  const session = new Session<string>({
    peer: settings,
    role,
    responseTimeoutMs: settings.responseSeconds * 1_000,
    enquireLinkMs: settings.enquireLinkSeconds * 1_000,
    onBound: bound.resolve,
    onDeliver: async (pdu) => deliveries.take(pdu),
    onLate: () =>
      report(warning('late response', 'A response arrived after responseSeconds. Increase responseSeconds.')),
    onRoom: () => undefined,
    onEnd: ended.resolve,
  });
  const first = await Promise.race([bound.promise, ended.promise]);
  const target = `${settings.host}:${settings.port}`;
  const isBound = 'command' in first;
  if (isBound) {
    const peer = `TLS ${settings.tls ? 'on' : 'off'}, system id "${stringOf(first, 'system_id')}", ${versionOf(first)}`;
    report(ok('bind', `${target} accepts ${settings.systemId} as ${role} after ${since(startedAt)}, ${peer}.`));
  } else report(failed('bind', refusalOf(first, `${target} (${role})`)));
  return { session, isBound, ended: ended.promise };
}

function refusalOf({ reason, misconfigured }: SessionEnd, target: string): string {
  if (misconfigured) {
    const fix =
      'Check systemId, password and systemType. Some carriers refuse unlisted addresses and surplus binds alike.';
    return `${target} refuses the credentials (${reason}). ${fix}`;
  }
  if (/response timeout/.test(reason)) {
    return `${target} does not respond (${reason}). Check host, port, tls, and the firewalls in between.`;
  }
  return unreachable({ reason, code: /\bE[A-Z_]{4,}\b/.exec(reason)?.[0] }, target);
}

function versionOf(pdu: Pdu): string {
  const value = numberOf(pdu, 'sc_interface_version');
  return value === undefined ? 'no interface version' : `interface version 0x${value.toString(16)}`;
}

/** Requests enquire_link, one after the other. */
async function measure({ session }: ProbeBind, report: Report): Promise<void> {
  for (let i = 0; i < ENQUIRIES; i += 1) {
    const at = performance.now();
    const { kind } = await session.request('enquire_link', {});
    if (kind === 'answered') report(ok('enquire_link', `The response arrived after ${since(at)}.`));
    else report(failed('enquire_link', `No response (${kind}). Ask the carrier whether it supports enquire_link.`));
  }
}

interface Sending {
  settings: SmppCarrier;
  report: Report;
  deliveries: Deliveries;
  message: ProbeMessage;
}

async function sendOne(
  { session, ended }: ProbeBind,
  { settings, report, deliveries, message }: Sending,
): Promise<void> {
  const { seconds, ...content } = message;
  const submission = {
    ...{
      reference: 'msg_PROBE/1',
      attempt: 1,
      messageType: 'SMS' as const,
      latin1: isLatin1(message.text),
      campaignId: null,
      validSeconds: null,
      media: null,
    },
    ...{ segments: 1, part: 1, parts: 1 },
    ...content,
  };
  const pdu = submitSm(submission, settings);
  if ('refused' in pdu) {
    report(failed('submit_sm', `The message cannot be sent: ${pdu.refused}.`));
    return;
  }
  const at = performance.now();
  const answer = await session.request('submit_sm', pdu.fields, undefined, pdu.tlvs);
  if (answer.kind !== 'answered') {
    const fix = 'The carrier may have the message. Look at the handset before you repeat the check.';
    report(failed('submit_sm', `No response after ${since(at)} (${answer.kind}). ${fix}`));
    return;
  }
  const { command_status: status } = answer.response;
  if (status !== STATUS.ROK) {
    const fix = 'Check --from, --to, addresses, tlvs and campaignTlv, or ask the carrier.';
    report(failed('submit_sm', `The carrier returned ${statusName(status)} after ${since(at)}. ${fix}`));
    return;
  }
  const id = stringOf(answer.response, 'message_id') || 'none';
  report(ok('submit_sm', `The carrier accepted the message after ${since(at)} (id ${id}).`));
  await receiptOrTimeout(seconds, ended, { report, deliveries });
}

type Waiting = Pick<Sending, 'report' | 'deliveries'>;

/** Waits for the final receipt, for the end of the session, or for `seconds`. */
async function receiptOrTimeout(
  seconds: number,
  ended: Promise<unknown>,
  { report, deliveries }: Waiting,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const patience = setTimeout(late.resolve, seconds * 1_000);
  const isFinal = await Promise.race([deliveries.final.then(() => true), ended, late.promise]);
  clearTimeout(patience);
  if (isFinal === true) return;
  const fix = 'Switch the handset on, and check registeredDelivery and bindMode.';
  report(failed('receipt', `No final receipt arrived within ${seconds} s. ${fix}`));
}

function since(at: number): string {
  return `${Math.round(performance.now() - at)} ms`;
}
