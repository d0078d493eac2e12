import Type, { type Static } from 'typebox';
import { CarrierName } from '../pace-settings.ts';

/** The simulator, for tests of routes beside real carriers. */
export const SimulatorSettingsSchema = Type.Object(
  { name: CarrierName, type: Type.Literal('simulator') },
  { additionalProperties: false },
);

export type SimulatorSettings = Static<typeof SimulatorSettingsSchema>;
