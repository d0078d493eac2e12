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

export function RecipientSearch({ recipient, find }: { recipient: string; find: (recipient: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    find(String(new FormData(event.currentTarget).get('recipient')));
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Field label="Recipient">
          <TextInput key={recipient} name="recipient" type="search" defaultValue={recipient} {...E164} />
        </Field>
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}
