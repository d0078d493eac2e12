import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog } from '@base-ui/react/dialog';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useAct } from '../api/act.ts';
import { Button } from './controls.tsx';
import { Problem } from './states.tsx';

interface SheetProps {
  title: string;
  trigger: ReactElement;
  /** @param hold with true, only `close` closes it: something is under way, and its answer is shown in it. */
  children: (close: () => void, hold: (held: boolean) => void) => ReactNode;
}

/** A form or a view over the page. Its content is made anew each time that it opens. */
export function Sheet({ title, trigger, children }: SheetProps) {
  const [open, setOpen] = useState(false);
  const [held, setHeld] = useState(false);
  const close = () => {
    setOpen(false);
    setHeld(false);
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !held && setOpen(next)}>
      <Dialog.Trigger render={trigger} />
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{title}</Dialog.Title>
          {open && children(close, setHeld)}
          {!held && (
            <Dialog.Close className="dialog-close" aria-label="Close">
              ×
            </Dialog.Close>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ConfirmProps {
  title: string;
  /** What will be so afterwards. */
  children: ReactNode;
  trigger: ReactElement;
  verb: string;
  act: () => Promise<unknown>;
}

/** Asks before what can't be taken back; an error stays where the question was. */
export function Confirm({ title, children, trigger, verb, act }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  const acting = useAct(act, () => setOpen(false));
  const change = (next: boolean) => {
    // It is no longer to be kept as it is, and a refusal has to be seen.
    if (acting.isPending) return;
    acting.reset();
    setOpen(next);
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
          {acting.error && <Problem error={acting.error} />}
          <div className="dialog-foot">
            <AlertDialog.Close disabled={acting.isPending} render={<Button>Keep as it is</Button>} />
            <Button kind="danger" busy={acting.isPending} onClick={() => acting.mutate(undefined)}>
              {verb}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
