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

export function RecipientSearch({ find }: { find: (recipient: string | undefined) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    find(String(new FormData(event.currentTarget).get('recipient')) || undefined);
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Field label="Recipient">
          <TextInput name="recipient" type="search" {...E164} />
        </Field>
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}
