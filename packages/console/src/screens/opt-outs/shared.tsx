import type { FormEvent } from 'react';
import type { OptOut } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';

const ORIGINS: Record<OptOut['origin'], string> = { HANDSET: 'handset', API: 'API client', CARRIER: 'carrier' };

/** Origin of an opt-out or opt-in. */
export const saidBy = (origin: OptOut['origin'], how: string | null): string =>
  `${ORIGINS[origin]}${how ? ` (${how})` : ''}`;

/** Attributes for the input of a number. Browsers show the title for an invalid number. */
export const E164 = {
  placeholder: '+15551234567',
  pattern: '\\+[1-9]\\d{6,14}',
  title: 'A plus, the country code and the number, without spaces: +15551234567',
};

/** Attributes for a search by number, for which the API reads other spellings too. */
const ANY_SPELLING = {
  placeholder: '+15551234567',
  pattern: '[\\d\\s\\(\\)\\.\\+\\-\\/]{3,}',
  title: 'A phone number, such as +15551234567 or (555) 123-4567',
};

export function RecipientSearch({ recipient, find }: { recipient: string; find: (recipient: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    find(String(new FormData(event.currentTarget).get('recipient')).trim());
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Field label="Recipient">
          <TextInput key={recipient} name="recipient" type="search" defaultValue={recipient} {...ANY_SPELLING} />
        </Field>
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}
