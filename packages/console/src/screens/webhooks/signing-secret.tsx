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
  ['0', 'not at all (leaked secret)'],
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
      title: `New signing secret of ${of}`,
      note: rotation.oldSecretValidUntil && (
        <p>
          The old secret also signs until <Time at={rotation.oldSecretValidUntil} />.
        </p>
      ),
      secrets: [['Signing secret', rotation.webhookSecret]],
    });
  };
  return (
    <Panel title="Rotate the signing secret">
      <p className="muted">
        Both secrets sign during the overlap. Change your receivers to the new secret in this time.
      </p>
      <div className="inline-form">
        <Field label="Keep signing with the old secret">
          <Select options={OVERLAPS} value={overlap} onChange={({ target }) => setOverlap(target.value)} />
        </Field>
        <Confirm
          title={`Rotate the signing secret of ${of}?`}
          verb="Rotate"
          act={act}
          conflict="An earlier secret still signs. Rotate after the overlap, or choose “not at all” to revoke that secret now."
          trigger={<Button kind="primary">Rotate</Button>}
        >
          <p>The new secret signs all further webhooks. The secret is shown once, after this step.</p>
          {overlap === '0' && (
            <p>The old secret stops signing immediately. Receivers reject events until they use the new secret.</p>
          )}
        </Confirm>
      </div>
    </Panel>
  );
}
