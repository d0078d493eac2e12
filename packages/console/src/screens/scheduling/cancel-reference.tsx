import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { useScope } from '../../api/scope.tsx';
import type { CanceledMessages } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { whole } from '../../ui/format.ts';
import { useFilter } from '../../ui/history-state.ts';
import { Facts } from '../../ui/parts.tsx';
import { Problem } from '../../ui/states.tsx';

/** Cancels all messages with a reference, by default with the one of the search. */
export function CancelByReference() {
  const [reference] = useFilter('externalReference');
  return (
    <Sheet title="Cancel all messages with a reference" trigger={<Button>Cancel by reference</Button>}>
      {(close, hold) => <CancelForm reference={reference} done={close} hold={hold} />}
    </Sheet>
  );
}

interface CancelFormProps {
  reference: string;
  done: () => void;
  hold: (held: boolean) => void;
}

function CancelForm({ reference: initial, done, hold }: CancelFormProps) {
  const { core } = useScope();
  const [reference, setReference] = useState(initial);
  const canceling = useAct(async (externalReference: string) => {
    hold(true);
    const body = { externalReference };
    const counts = await core<CanceledMessages>('/messages/cancel', { method: 'POST', body }).finally(() =>
      hold(false),
    );
    return { ...counts, externalReference };
  });
  const cancel = (event: FormEvent) => {
    event.preventDefault();
    canceling.mutate(reference);
  };
  if (canceling.data) return <Result of={canceling.data} done={done} />;
  return (
    <form className="form" onSubmit={cancel}>
      <p>
        Cancels all messages that have exactly this reference and were not submitted. Canceled messages fail with{' '}
        <code>CANCELED</code> and cannot be restored.
      </p>
      <Field label="Reference">
        <TextInput
          value={reference}
          required
          maxLength={255}
          placeholder="campaign-7"
          onChange={({ target }) => setReference(target.value)}
        />
      </Field>
      {canceling.error && <Problem error={canceling.error} labels={{ externalReference: 'Reference' }} />}
      <Button type="submit" kind="danger" busy={canceling.isPending}>
        Cancel the messages
      </Button>
    </form>
  );
}

function Result({ of, done }: { of: CanceledMessages & { externalReference: string }; done: () => void }) {
  return (
    <>
      <div role="status">
        <Facts
          of={[
            ['Reference', of.externalReference],
            ['Canceled', whole(of.canceled)],
            ['Too late', whole(of.tooLate)],
          ]}
        />
      </div>
      <p className="muted">
        Canceled includes messages that were canceled before. Too late are messages that were or may have been
        submitted, or have ended.
      </p>
      <div className="dialog-foot">
        <Button kind="primary" onClick={done}>
          Close
        </Button>
      </div>
    </>
  );
}
