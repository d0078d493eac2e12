import { Field as BaseField } from '@base-ui/react/field';
import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { AdminNumber } from '../../api/operator-types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';
import { sendersOf } from './lists.ts';

/** Maximum number of addresses per request of the API. */
const MOST = 1000;

const TYPES = [
  ['sms', 'SMS'],
  ['mms', 'SMS and MMS'],
] as const;

/** Adds numbers that a carrier assigned to this installation. */
export function ImportNumbers({ clientId }: { clientId: string }) {
  return (
    <Sheet title="Import numbers" trigger={<Button kind="primary">Import numbers</Button>}>
      {(close) => <ImportForm clientId={clientId} done={close} />}
    </Sheet>
  );
}

function ImportForm({ clientId, done }: { clientId: string; done: () => void }) {
  const say = useSay();
  const [mistake, setMistake] = useState<string>();
  const importing = useAct(
    async (numbers: { e164: string }[]) => {
      const request = { method: 'POST', body: { numbers } } as const;
      const { imported } = await call<{ imported: AdminNumber[] }>('/api/admin/numbers', request);
      return { imported: imported.length, given: numbers.length };
    },
    ({ imported, given }) => {
      const rest = imported < given ? ` ${given - imported} existed already and are unchanged.` : '';
      say(`Imported ${imported} of ${given} numbers.${rest}`);
      done();
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const { senders, wrong } = sendersOf(String(given.get('addresses')));
    const problem = problemOf(senders, wrong);
    setMistake(problem);
    if (problem !== undefined) return;
    const settings = {
      apiClientId: given.get('owner') === 'client' ? clientId : null,
      campaignRegId: String(given.get('campaign')).trim() || null,
      mmsEnabled: given.get('types') === 'mms',
    };
    importing.mutate(senders.map((e164) => ({ e164, ...settings })));
  };
  const owners = [
    ['client', clientId],
    ['inventory', 'None. The numbers are available in the inventory'],
  ] as const;
  return (
    <form className="form" onSubmit={submit}>
      <Field
        label="Numbers"
        hint="One per line: a phone number such as +15551234567, a short code of 3 to 8 digits, or an alphanumeric sender of up to 11 characters such as SHOP."
      >
        <BaseField.Control
          render={<textarea rows={6} />}
          name="addresses"
          required
          spellCheck={false}
          autoComplete="off"
        />
      </Field>
      <Field label="API client">
        <Select name="owner" options={owners} />
      </Field>
      <Field label="Campaign" hint="Only long codes of country code 1 need a campaign.">
        <TextInput name="campaign" maxLength={255} />
      </Field>
      <Field label="Message types">
        <Select name="types" options={TYPES} />
      </Field>
      {mistake && (
        <p className="problem" role="alert">
          {mistake}
        </p>
      )}
      {importing.error && <Problem error={importing.error} />}
      <Button type="submit" kind="primary" busy={importing.isPending}>
        Import
      </Button>
    </form>
  );
}

function problemOf(senders: readonly string[], wrong: string | undefined): string | undefined {
  if (senders.length === 0) return 'Enter at least one number.';
  if (wrong !== undefined) return `“${wrong}” is no phone number in E.164, no short code and no alphanumeric sender.`;
  return senders.length > MOST ? `At most ${MOST} numbers can be imported at once.` : undefined;
}
