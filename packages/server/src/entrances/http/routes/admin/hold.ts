import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { named, nullable, refusals } from '#entrances/http/schemas/schemas.ts';
import { ADMIN } from './admin.ts';

const Hold = named(
  'Hold',
  Type.Object({
    begunAt: Type.String({ format: 'date-time' }),
    doubted: Type.Integer({
      description: 'Messages that were due, and may have been submitted after the restored state. They are UNKNOWN',
    }),
  }),
);

const Held = Type.Object({ hold: nullable(Hold) });

/** The hold after a restore, in which nothing is submitted. */
export function adminHold(app: App, { hold }: Modules): void {
  app.get(
    '/hold',
    {
      schema: {
        ...ADMIN,
        operationId: 'readHold',
        summary: 'Read whether sending is on hold after a restore',
        response: { 200: Held, ...refusals(401, 500, 502) },
      },
    },
    async () => ({ hold: toResponse(await hold.find()) }),
  );

  app.post(
    '/hold/release',
    {
      schema: {
        ...ADMIN,
        operationId: 'releaseHold',
        summary: 'Submit messages again after a restore',
        description: 'Ends the hold in all processes within a second. Without a hold, nothing changes.',
        response: { 200: Held, ...refusals(401, 500, 502) },
      },
    },
    async () => {
      await hold.release();
      return { hold: null };
    },
  );
}

function toResponse(hold: { begunAt: Date; doubted: number } | undefined) {
  return hold ? { ...hold, begunAt: hold.begunAt.toISOString() } : null;
}
