import { useState } from 'react';
import { useScope } from '../../api/scope.tsx';
import type { Rotation } from '../../api/types.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Confirm, Secret } from '../../ui/dialogs.tsx';
import { Panel, Time } from '../../ui/parts.tsx';

const OVERLAPS = [
  ['3600', 'for an hour'],
  ['86400', 'for a day'],
  ['604800', 'for a week'],
  ['0', 'not at all: it has leaked'],
] as const;

/** Rotation of what signs webhooks; the new secret is seen here only. */
export function SigningSecret() {
  const { core } = useScope();
  const [overlap, setOverlap] = useState('86400');
  const [rotation, setRotation] = useState<Rotation>();
  const rotate = async () => {
    const body = { overlapSeconds: Number(overlap) };
    setRotation(await core<Rotation>('/webhooks/secret/rotate', { method: 'POST', body }));
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
          title="Rotate the signing secret?"
          verb="Rotate"
          act={rotate}
          trigger={<Button kind="primary">Rotate</Button>}
        >
          <p>A new secret signs from now on. It is shown once, after this.</p>
          {overlap === '0' && (
            <p>The old one signs nothing any more: receivers refuse events until they have the new one.</p>
          )}
        </Confirm>
      </div>
      <div aria-live="polite">
        {rotation && (
          <>
            <Secret label="New signing secret. Copy it now: it is not shown again." value={rotation.webhookSecret} />
            {rotation.oldSecretValidUntil && (
              <p className="muted">
                The old one signs as well until <Time at={rotation.oldSecretValidUntil} />.
              </p>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}
