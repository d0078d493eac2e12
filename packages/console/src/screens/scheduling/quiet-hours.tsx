import { useCore, useScope } from '../../api/scope.tsx';
import type { QuietHours } from '../../api/types.ts';
import { Panel } from '../../ui/parts.tsx';
import { Answer } from '../../ui/states.tsx';
import { QuietHoursForm } from './quiet-hours-form.tsx';

/** Quiet hours of the API client whose view is shown. */
export function OwnQuietHours() {
  const { core } = useScope();
  const settings = useCore<QuietHours>('/quiet-hours');
  return (
    <Panel title="Quiet hours">
      <Answer query={settings} rows={6}>
        {(current) => (
          <QuietHoursForm
            current={current}
            save={(body) => core<QuietHours>('/quiet-hours', { method: 'PUT', body })}
          />
        )}
      </Answer>
    </Panel>
  );
}
