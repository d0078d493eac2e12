import { Field, TextInput } from './controls.tsx';
import { localZone, momentOf, utc } from './format.ts';

interface MomentFieldProps {
  label: string;
  /** Local time in the form of a `datetime-local` input. Empty: none. */
  value: string;
  set: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  required?: boolean;
}

/** Input of a local time, which also shows the time in UTC. */
export function MomentField({ label, value, set, hint, error, required = false }: MomentFieldProps) {
  const iso = momentOf(value);
  return (
    <Field label={label} hint={iso ? `${localZone()}. ${utc(iso)}` : hint} error={error}>
      <TextInput
        type="datetime-local"
        max="9999-12-31T23:59"
        value={value}
        required={required}
        onChange={({ target }) => set(target.value)}
      />
    </Field>
  );
}
