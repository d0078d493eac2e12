import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { errorsOf } from '../../api/field-of.ts';
import type { QuietHours } from '../../api/types.ts';
import { Button, Check, Field, TextInput } from '../../ui/controls.tsx';
import { Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';

const LABELS = { enabled: 'Apply quiet hours to all sends', start: 'Start', end: 'End', days: 'Weekdays' };

const DAYS = [
  ['MON', 'Monday'],
  ['TUE', 'Tuesday'],
  ['WED', 'Wednesday'],
  ['THU', 'Thursday'],
  ['FRI', 'Friday'],
  ['SAT', 'Saturday'],
  ['SUN', 'Sunday'],
] as const;

interface QuietHoursFormProps {
  current: QuietHours;
  save: (settings: QuietHours) => Promise<unknown>;
}

/** Form for the hours and weekdays in which messages may be sent. */
export function QuietHoursForm({ current, save }: QuietHoursFormProps) {
  const say = useSay();
  const saving = useAct(save, () => say('Quiet hours saved. Waiting messages follow them.'));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    saving.mutate(settingsOf(new FormData(event.currentTarget)));
  };
  const { byField, isOfForm } = errorsOf(saving.error, LABELS);
  return (
    <form className="form" onSubmit={submit}>
      <p className="muted">
        Messages are sent only from start to end, in the time zone of the recipient. Other messages wait. A send can
        override this with <code>respectQuietHours</code>. High priority and automatic replies ignore quiet hours.
      </p>
      <Check name="enabled" label={LABELS.enabled} defaultChecked={current.enabled} />
      <Field label={LABELS.start} error={byField.start}>
        <TextInput name="start" placeholder="08:00" maxLength={5} required defaultValue={current.start} />
      </Field>
      <Field label={LABELS.end} hint="Up to 24:00. An end before the start is on the next day." error={byField.end}>
        <TextInput name="end" placeholder="21:00" maxLength={5} required defaultValue={current.end} />
      </Field>
      <Weekdays chosen={current.days} error={byField.days} />
      {isOfForm && <Problem error={saving.error} />}
      <Button type="submit" kind="primary" busy={saving.isPending}>
        Save
      </Button>
    </form>
  );
}

function Weekdays({ chosen, error }: { chosen: readonly string[]; error: string | undefined }) {
  return (
    <fieldset className="checks" aria-describedby={error && 'weekdays-error'}>
      <legend>{LABELS.days}</legend>
      {DAYS.map(([day, label]) => (
        <Check key={day} name="days" value={day} label={label} defaultChecked={chosen.includes(day)} />
      ))}
      {error && (
        <div id="weekdays-error" className="field-error" role="alert">
          {error}
        </div>
      )}
    </fieldset>
  );
}

function settingsOf(given: FormData): QuietHours {
  return {
    enabled: given.has('enabled'),
    start: String(given.get('start')).trim(),
    end: String(given.get('end')).trim(),
    days: given.getAll('days').map(String),
  };
}
