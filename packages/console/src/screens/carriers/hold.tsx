import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { Held } from '../../api/operator-types.ts';
import { Button } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/dialogs.tsx';
import { whole } from '../../ui/format.ts';

const EVERY_MS = 5000;

/** Banner for operators while sending is on hold after a restore. */
export function HoldAlert() {
  const { data } = useQuery({
    queryKey: ['hold'],
    queryFn: ({ signal }) => call<Held>('/api/admin/hold', { signal }),
    refetchInterval: EVERY_MS,
  });
  const hold = data?.hold;
  if (!hold) return null;
  return (
    <div className="problem" role="alert">
      <p>
        <strong>Sending is on hold after a restore.</strong> New messages are accepted and wait.
      </p>
      {hold.doubted > 0 && (
        <p>{whole(hold.doubted)} messages may have been sent after the restored state, and become unknown.</p>
      )}
      <Confirm
        title="Release the hold?"
        verb="Release"
        kind="primary"
        act={() => call<Held>('/api/admin/hold/release', { method: 'POST' })}
        trigger={<Button>Release</Button>}
      >
        <p>All waiting messages that are due are submitted. Cancels and opt-outs since the restored state are lost.</p>
      </Confirm>
    </div>
  );
}
