import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import type { AdminNumber } from '../../api/operator-types.ts';
import { useScope } from '../../api/scope.tsx';
import type { PhoneNumber } from '../../api/types.ts';
import { Button, Field, Select, TextInput } from '../../ui/controls.tsx';
import { Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';
import { useCarriers } from '../carriers/queries.ts';
import { CARRIER_LIST, COUNTRY_LIST, listOf } from './lists.ts';

/** Labels of API fields. Requests of clients spell the campaign `campaignregId`, those of operators `campaignRegId`. */
const LABELS = {
  campaignregId: 'Campaign',
  campaignRegId: 'Campaign',
  webhookDeliveryOverride: 'URL for delivery events of this number',
  webhookInboundOverride: 'URL for inbound messages of this number',
  carrier: 'Carrier',
  carriers: 'Allowed carriers',
  allowedCountries: 'Allowed countries',
};

interface NumberSettingsProps {
  number: PhoneNumber;
  /** Settings for operators. Undefined for API clients. */
  admin: AdminNumber | undefined;
  done: () => void;
}

export function NumberSettings({ number, admin, done }: NumberSettingsProps) {
  const { core } = useScope();
  const say = useSay();
  const save = (given: FormData) => {
    const campaign = textOf(given, 'campaign');
    const webhooks = {
      webhookDeliveryOverride: textOf(given, 'webhookDeliveryOverride'),
      webhookInboundOverride: textOf(given, 'webhookInboundOverride'),
    };
    if (!admin) {
      const body = { campaignregId: campaign, ...webhooks };
      return core(`/numbers/${number.numberId}`, { method: 'PATCH', body });
    }
    const body = { campaignRegId: campaign, ...webhooks, ...changesOf(given, admin) };
    return call(`/api/admin/numbers/${encodeURIComponent(number.numberId)}`, { method: 'PATCH', body });
  };
  const saving = useAct(save, () => {
    say(`Saved the settings of ${number.e164}.`);
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    saving.mutate(new FormData(event.currentTarget));
  };
  return (
    <form className="form" onSubmit={submit}>
      <Field
        label={LABELS.campaignRegId}
        hint="Registration ID of the campaign. A long code of country code 1 cannot send without a campaign."
      >
        <TextInput name="campaign" maxLength={255} defaultValue={number.campaignRegId ?? ''} />
      </Field>
      {admin && <RoutingFields number={admin} />}
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

function RoutingFields({ number: { carrier, carriers, allowedCountries } }: { number: AdminNumber }) {
  const known = useCarriers();
  const names = known.data?.carriers.map(({ name }) => name) ?? [];
  const isListed = carrier === null || names.includes(carrier);
  const options = [
    ['', 'The default carrier'] as const,
    ...names.map((name) => [name, name] as const),
    ...(isListed ? [] : [[carrier, known.data ? `${carrier} (not configured)` : carrier] as const]),
  ];
  const configured = names.length > 0 ? ` Configured: ${names.join(', ')}.` : '';
  return (
    <>
      <Field label={LABELS.carrier} hint="Sends messages of the number, unless a route applies.">
        <Select key={options.length} name="carrier" options={options} defaultValue={carrier ?? ''} />
      </Field>
      <Field
        label={LABELS.carriers}
        hint={`Names separated by commas. Routes to other carriers are skipped. If empty, all carriers are allowed.${configured}`}
      >
        <TextInput name="carriers" defaultValue={carriers?.join(', ') ?? ''} {...CARRIER_LIST} />
      </Field>
      <Field
        label={LABELS.allowedCountries}
        hint="Country calling codes of recipients, separated by commas, such as 1, 44. If empty, all countries are allowed."
      >
        <TextInput name="allowedCountries" defaultValue={allowedCountries?.join(', ') ?? ''} {...COUNTRY_LIST} />
      </Field>
    </>
  );
}

const textOf = (given: FormData, name: string): string | null => String(given.get(name) ?? '').trim() || null;

/** Changed settings only, so that a carrier that is no longer configured does not prevent other changes. */
function changesOf(given: FormData, before: AdminNumber) {
  const after = {
    carrier: textOf(given, 'carrier'),
    carriers: listOf(textOf(given, 'carriers') ?? ''),
    allowedCountries: listOf(textOf(given, 'allowedCountries') ?? ''),
  };
  const names = Object.keys(after) as (keyof typeof after)[];
  return Object.fromEntries(
    names.filter((name) => String(after[name]) !== String(before[name])).map((name) => [name, after[name]]),
  );
}
