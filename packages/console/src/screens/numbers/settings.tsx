import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { useScope } from '../../api/scope.tsx';
import type { PhoneNumber } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';

/** Field names of the request. The API spells `campaignRegId` of responses as `campaignregId` in requests. */
const LABELS = {
  campaignregId: 'Campaign',
  webhookDeliveryOverride: 'URL for delivery events of this number',
  webhookInboundOverride: 'URL for inbound messages of this number',
};

export function NumberSettings({ number, done }: { number: PhoneNumber; done: () => void }) {
  const { core } = useScope();
  const say = useSay();
  const saving = useAct(
    (body: object) => core(`/numbers/${number.numberId}`, { method: 'PATCH', body }),
    () => {
      say(`Saved the settings of ${number.e164}.`);
      done();
    },
  );
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    saving.mutate(Object.fromEntries(Object.keys(LABELS).map((name) => [name, given.get(name) || null])));
  };
  return (
    <form className="form" onSubmit={save}>
      <Field
        label={LABELS.campaignregId}
        hint="Registration ID of the campaign. A number without a campaign cannot send."
      >
        <TextInput name="campaignregId" maxLength={255} defaultValue={number.campaignRegId ?? ''} />
      </Field>
      <Field label={LABELS.webhookDeliveryOverride} hint="If empty, the URL of the API client is used.">
        <TextInput name="webhookDeliveryOverride" type="url" defaultValue={number.webhookDeliveryOverride ?? ''} />
      </Field>
      <Field label={LABELS.webhookInboundOverride} hint="If empty, the URL of the API client is used.">
        <TextInput name="webhookInboundOverride" type="url" defaultValue={number.webhookInboundOverride ?? ''} />
      </Field>
      {saving.error && <Problem error={saving.error} labels={LABELS} />}
      <Button type="submit" kind="primary" busy={saving.isPending}>
        Save
      </Button>
    </form>
  );
}
