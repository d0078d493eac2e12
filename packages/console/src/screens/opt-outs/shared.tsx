import type { FormEvent } from 'react';
import type { OptOut } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';

/** Who said it, and how. */
export const saidBy = (origin: OptOut['origin'], how: string | null): string =>
  `${origin === 'HANDSET' ? 'the handset' : 'you'}${how ? ` (${how})` : ''}`;

export function RecipientSearch({ find }: { find: (recipient: string | undefined) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    find(String(new FormData(event.currentTarget).get('recipient')) || undefined);
  };
  return (
    <search>
      <form className="filters" onSubmit={submit}>
        <Field label="Recipient">
          <TextInput name="recipient" type="search" placeholder="+15551234567" pattern="\+[1-9]\d{6,14}" />
        </Field>
        <Button type="submit">Find</Button>
      </form>
    </search>
  );
}
