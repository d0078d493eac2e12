import { useState } from 'react';
import { Field, Select, TextInput } from '../../ui/controls.tsx';
import { MomentField } from '../../ui/moment-field.tsx';
import type { Options } from './send-fields.ts';

/** Labels of API fields. */
export const OPTION_LABELS = {
  sendAt: 'Send at',
  expiresAt: 'Expires',
  priority: 'Priority',
  respectQuietHours: 'Quiet hours',
  recipientTimeZone: 'Time zone of the recipient',
};

const PRIORITIES = [
  ['', 'normal'],
  ['HIGH', 'high'],
  ['BULK', 'bulk'],
] as const;
const QUIET_HOURS = [
  ['', 'as set for the API client'],
  ['respect', 'respect'],
  ['ignore', 'ignore'],
] as const;

interface SendOptionsProps {
  options: Options;
  set: (options: Options) => void;
  errors: Partial<Record<keyof typeof OPTION_LABELS, string>>;
}

/** Optional time, expiry, priority and quiet hours of a send. */
export function SendOptions({ options, set, errors }: SendOptionsProps) {
  const [open, setOpen] = useState(false);
  const change = (changed: Partial<Options>) => set({ ...options, ...changed });
  const given = Object.values(options).filter((value) => value !== '').length;
  return (
    <details
      open={open || Object.keys(errors).length > 0}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>Time, priority and quiet hours{given > 0 && ` (${given} set)`}</summary>
      <div className="options">
        <MomentField
          label={OPTION_LABELS.sendAt}
          value={options.sendAt}
          set={(sendAt) => change({ sendAt })}
          error={errors.sendAt}
          hint="If empty, the message is sent now."
        />
        <MomentField
          label={OPTION_LABELS.expiresAt}
          value={options.expiresAt}
          set={(expiresAt) => change({ expiresAt })}
          error={errors.expiresAt}
          hint="If empty, after 24 hours."
        />
        <Field label={OPTION_LABELS.priority} error={errors.priority}>
          <Select
            options={PRIORITIES}
            value={options.priority}
            onChange={({ target }) => change({ priority: target.value as Options['priority'] })}
          />
        </Field>
        <Field label={OPTION_LABELS.respectQuietHours} error={errors.respectQuietHours}>
          <Select
            options={QUIET_HOURS}
            value={options.quietHours}
            onChange={({ target }) => change({ quietHours: target.value as Options['quietHours'] })}
          />
        </Field>
        <Field
          label={OPTION_LABELS.recipientTimeZone}
          hint="IANA name, for quiet hours. If empty, all time zones of the number apply."
          error={errors.recipientTimeZone}
        >
          <TextInput
            value={options.recipientTimeZone}
            maxLength={64}
            placeholder="America/New_York"
            onChange={({ target }) => change({ recipientTimeZone: target.value })}
          />
        </Field>
      </div>
    </details>
  );
}
