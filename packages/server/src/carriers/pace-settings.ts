import Type from 'typebox';

const closed = { additionalProperties: false } as const;

export const perSecond = Type.Number({ exclusiveMinimum: 0, maximum: 100_000 });

/** Paces of all processes together. */
export const Pace = Type.Object(
  {
    perNumber: Type.Optional(perSecond),
    perCampaign: Type.Optional(perSecond),
    numbers: Type.Record(Type.String(), perSecond, { default: {} }),
    campaigns: Type.Record(Type.String(), perSecond, { default: {} }),
  },
  closed,
);

/** Name of a carrier, as in logs, metrics, queues and callback URLs. */
export const CarrierName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$' });
