import { AlertDialog } from '@base-ui/react/alert-dialog';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useAskBeforeLeaving } from './confirm-leave.ts';
import { Button, Copy } from './controls.tsx';

export interface Revealed {
  title: string;
  note?: ReactNode;
  secrets: readonly (readonly [label: string, value: string])[];
}

const RevealContext = createContext<((revealed: Revealed) => void) | undefined>(undefined);

/**
 * Shows one-time secrets above all pages. Only a button closes the dialog. Navigation, clicks outside and the end of
 * the session do not remove a secret before it was copied.
 */
export function Reveals({ children }: { children: ReactNode }) {
  const [waiting, setWaiting] = useState<readonly Revealed[]>([]);
  const reveal = useCallback((revealed: Revealed) => setWaiting((before) => [...before, revealed]), []);
  const [shown] = waiting;
  useAskBeforeLeaving(shown !== undefined);
  return (
    <RevealContext value={reveal}>
      {children}
      <AlertDialog.Root open={shown !== undefined}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="backdrop" />
          <AlertDialog.Popup className="dialog">
            {shown && <Secrets of={shown} done={() => setWaiting((before) => before.slice(1))} />}
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </RevealContext>
  );
}

function Secrets({ of: { title, note, secrets }, done }: { of: Revealed; done: () => void }) {
  return (
    <>
      <AlertDialog.Title>{title}</AlertDialog.Title>
      <AlertDialog.Description render={<div />}>
        {note}
        <p>Copy the values below now, because they are not shown again.</p>
      </AlertDialog.Description>
      {secrets.map(([label, value]) => (
        <div key={label} className="secret">
          <div className="secret-label">{label}</div>
          <code>{value}</code>
          <Copy text={value} />
        </div>
      ))}
      <div className="dialog-foot">
        <Button kind="primary" onClick={done}>
          I have copied the values
        </Button>
      </div>
    </>
  );
}

/** Also works after the page that requested the secret was left. */
export function useReveal(): (revealed: Revealed) => void {
  const reveal = useContext(RevealContext);
  if (!reveal) throw new Error('useReveal outside of Reveals');
  return reveal;
}
