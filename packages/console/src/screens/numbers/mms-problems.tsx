import { useIsOperator } from '../../api/scope.tsx';
import type { PhoneNumber } from '../../api/types.ts';

type MmsProblem = NonNullable<PhoneNumber['mmsProblem']>;

/** Reason in a few words, for a table. */
export const MMS_PROBLEMS: Record<MmsProblem, string> = {
  CARRIER_WITHOUT_MMS: 'no MMS (carrier does not support MMS)',
  CARRIER_NOT_CONFIGURED: 'no (carrier is not configured)',
};

const REASONS: Record<MmsProblem, string> = {
  CARRIER_WITHOUT_MMS: 'MMS is enabled, but the carrier of the number does not support MMS. An MMS is rejected.',
  CARRIER_NOT_CONFIGURED: 'The carrier of the number is not configured. All messages are rejected with NO_ROUTE.',
};

const FIXES: Record<MmsProblem, string> = {
  CARRIER_WITHOUT_MMS:
    'Set the carrier of the number to one that supports MMS (Settings on the page Numbers), or set its mmsEnabled to ' +
    'false (PATCH /api/admin/numbers/{numberId}).',
  CARRIER_NOT_CONFIGURED:
    'Add the carrier to RC_CARRIERS, or set the carrier of the number to a configured one (Settings on the page ' +
    'Numbers).',
};

const FIX_OF_CLIENT = 'Ask an operator to assign another carrier to the number.';

/** Numbers whose carrier cannot send the MMS that the number allows, with the fix. */
export function MmsProblems({ numbers }: { numbers: readonly PhoneNumber[] }) {
  const isOperator = useIsOperator();
  return Object.entries(REASONS).map(([problem, reason]) => {
    const concerned = numbers.filter(({ mmsProblem }) => mmsProblem === problem);
    if (concerned.length === 0) return null;
    return (
      <div key={problem} className="notice warn">
        <p>
          <strong className="mono">{concerned.map(({ e164 }) => e164).join(', ')}</strong>
        </p>
        <p>{reason}</p>
        <p className="muted">{isOperator ? FIXES[problem as MmsProblem] : FIX_OF_CLIENT}</p>
      </div>
    );
  });
}
