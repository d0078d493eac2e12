import { useState } from 'react';
import type { Rotation } from '../../api/types.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/dialogs.tsx';
import { Panel, Time } from '../../ui/parts.tsx';
import { useReveal } from '../../ui/reveal.tsx';

const OVERLAPS = [
  ['3600', 'for an hour'],
  ['86400', 'for a day'],
  ['604800', 'for a week'],
  ['0', 'not at all: it has leaked'],
] as const;

interface SigningSecretProps {
  /** Owner of the secret. Shown with the secret, because another client's page may be in the background by then. */
  of: string;
  rotate: (body: { overlapSeconds: number }) => Promise<Rotation>;
}

/** Rotation of the webhook signing secret by the API client or an operator. */
export function SigningSecret({ of, rotate }: SigningSecretProps) {
  const [overlap, setOverlap] = useState('86400');
  const reveal = useReveal();
  const act = async () => {
    const rotation = await rotate({ overlapSeconds: Number(overlap) });
    reveal({
      title: `The new signing secret of ${of}`,
      note: rotation.oldSecretValidUntil && (
        <p>
          The old one signs as well until <Time at={rotation.oldSecretValidUntil} />.
        </p>
      ),
      secrets: [['Signing secret', rotation.webhookSecret]],
    });
  };
  return (
    <Panel title="Rotate the signing secret">
      <p className="muted">
        While both secrets sign, give your receivers the new one: none has to change at the same moment.
      </p>
      <div className="inline-form">
        <Field label="The old secret goes on signing">
          <Select options={OVERLAPS} value={overlap} onChange={({ target }) => setOverlap(target.value)} />
        </Field>
        <Confirm
          title={`Rotate the signing secret of ${of}?`}
          verb="Rotate"
          act={act}
          conflict="The secret before it still signs. Rotate after that, or choose “not at all” above, which ends it now."
          trigger={<Button kind="primary">Rotate</Button>}
        >
          <p>A new secret signs from now on. It is shown once, after this.</p>
          {overlap === '0' && (
            <p>The old one signs nothing any more: receivers refuse events until they have the new one.</p>
          )}
        </Confirm>
      </div>
    </Panel>
  );
}
