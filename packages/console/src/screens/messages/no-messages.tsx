import { Link } from 'wouter';
import { useCore, useScope } from '../../api/scope.tsx';
import type { Numbers } from '../../api/types.ts';
import { Command } from '../../ui/controls.tsx';
import { Empty } from '../../ui/states.tsx';
import { isUsable } from '../numbers/can-send.ts';
import { sendCommand } from './send-command.ts';

export function NoMessages() {
  const { session, clientId } = useScope();
  const { data } = useCore<Numbers>('/numbers');
  const from = data?.numbers.find(isUsable);
  return (
    <Empty title="No messages yet. Send one:">
      <Command
        text={sendCommand({ origin: location.origin, clientId, numberId: from?.numberId ?? 'YOUR_NUMBER_ID' })}
      />
      {session.sandbox && (
        <p>
          Or <Link href="/phone">try the phone</Link>, which shows received messages and sends replies.
        </p>
      )}
    </Empty>
  );
}
