import { ALL_SENDERS } from '../capabilities.ts';
import type { ExclusiveType } from '../carrier-type.ts';
import { probeSmpp } from './probe.ts';
import { readSmpp, type SmppCarrier, SmppSettingsSchema } from './settings.ts';
import { Smpp } from './smpp.ts';

/** SMPP 3.4. Senders and texts are limited by each SMSC, and not by the protocol. */
export const SMPP: ExclusiveType<SmppCarrier> = {
  ownership: 'exclusive',
  schema: SmppSettingsSchema,
  read: readSmpp,
  capabilities: ({ name }) => ({
    name,
    senders: ALL_SENDERS,
    media: undefined,
    maxTextCharacters: { SMS: undefined, MMS: undefined },
  }),
  processes: ({ processes }) => processes,
  create: (settings) => new Smpp({ settings }),
  canProbe: true,
  check: probeSmpp,
};
