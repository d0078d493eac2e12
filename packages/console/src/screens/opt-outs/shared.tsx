import type { FormEvent } from 'react';
import type { OptOut } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';

/** Who said it, and how. */
export const saidBy = (origin: OptOut['origin'], how: string | null): string =>
  `${origin === 'HANDSET' ? 'the handset' : 'you'}${how ? ` (${how})` : ''}`;

/** For an input of a number; browsers add the title to what they say of one that is none. */
export const E164 = {
  placeholder: '+15551234567',
  pattern: '\\+[1-9]\\d{6,14}',
  title: 'A plus, the country code and the number, without spaces: +15551234567',
};

/** For a search by number: the API reads other spellings as well. */
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
