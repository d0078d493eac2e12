import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog } from '@base-ui/react/dialog';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useAct } from '../api/act.ts';
import { useAskBeforeLeaving } from './confirm-leave.ts';
import { Button } from './controls.tsx';
import { Problem } from './states.tsx';

interface SheetProps {
  title: string;
  trigger: ReactElement;
  /** @param hold with true, only `close` closes the sheet, which shows the result of a pending request. */
  children: (close: () => void, hold: (held: boolean) => void) => ReactNode;
}

/** A form or view over the page, with new content at each opening. */
export function Sheet({ title, trigger, children }: SheetProps) {
  const [open, setOpen] = useState(false);
  const [held, setHeld] = useState(false);
  useAskBeforeLeaving(held);
  const close = () => {
    setOpen(false);
    setHeld(false);
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !held && setOpen(next)}>
      <Dialog.Trigger render={trigger} />
      <Popup title={title} canClose={!held}>
        {open && children(close, setHeld)}
      </Popup>
    </Dialog.Root>
  );
}

interface ViewProps {
  title: string;
  close: () => void;
  children: ReactNode;
}

/** A view over the page that stays open when the element that opened it disappears. */
export function View({ title, close, children }: ViewProps) {
  return (
    <Dialog.Root open onOpenChange={close}>
      <Popup title={title} canClose>
        {children}
      </Popup>
    </Dialog.Root>
  );
}

function Popup({ title, canClose, children }: { title: string; canClose: boolean; children: ReactNode }) {
  return (
    <Dialog.Portal>
      <Dialog.Backdrop className="backdrop" />
      <Dialog.Popup className="dialog">
        <Dialog.Title>{title}</Dialog.Title>
        {children}
        {canClose && (
          <Dialog.Close className="dialog-close" aria-label="Close">
            ×
          </Dialog.Close>
        )}
      </Dialog.Popup>
    </Dialog.Portal>
  );
}

interface AskedProps {
  title: string;
  /** Consequences of the action. */
  children: ReactNode;
  verb: string;
  /** Label of the button that closes the dialog without the action. */
  dismiss?: string;
  kind?: 'primary' | 'danger';
  act: () => Promise<unknown>;
  /** Advice for a conflict, in the terms of the page. */
  conflict?: string;
}

interface ConfirmProps extends AskedProps {
  trigger: ReactElement;
}

/** Confirmation of an irreversible action. An error is shown in the same dialog. */
export function Confirm({ trigger, act, ...asked }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  const acting = useAct(act, () => setOpen(false));
  useAskBeforeLeaving(acting.isPending);
  const change = (next: boolean) => {
    // The pending action cannot be cancelled, and its error must stay visible.
    if (acting.isPending && open) return;
    // After an action, the dialog can be opened while the page still loads the new state.
    if (!acting.isPending) acting.reset();
    setOpen(next);
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Trigger render={trigger} />
      <Asked {...asked} acting={acting} />
    </AlertDialog.Root>
  );
}

interface QuestionProps extends AskedProps {
  close: () => void;
}

/** A confirmation that stays open when the element that opened it disappears. */
export function Question({ act, close, ...asked }: QuestionProps) {
  const acting = useAct(act, close);
  useAskBeforeLeaving(acting.isPending);
  return (
    <AlertDialog.Root open onOpenChange={() => acting.isPending || close()}>
      <Asked {...asked} acting={acting} />
    </AlertDialog.Root>
  );
}

interface AskedContentProps extends Omit<AskedProps, 'act'> {
  acting: ReturnType<typeof useAct<unknown, unknown>>;
}

function Asked({ title, children, verb, dismiss = 'Cancel', kind = 'danger', conflict, acting }: AskedContentProps) {
  return (
    <AlertDialog.Portal>
      <AlertDialog.Backdrop className="backdrop" />
      <AlertDialog.Popup className="dialog">
        <AlertDialog.Title>{title}</AlertDialog.Title>
        <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
        {acting.error && <Problem error={acting.error} conflict={conflict} />}
        <div className="dialog-foot">
          <AlertDialog.Close render={<Button busy={acting.isPending}>{dismiss}</Button>} />
          <Button kind={kind} busy={acting.isPending} onClick={() => acting.mutate(undefined)}>
            {verb}
          </Button>
        </div>
      </AlertDialog.Popup>
    </AlertDialog.Portal>
  );
}
