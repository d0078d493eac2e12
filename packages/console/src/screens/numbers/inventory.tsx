import type { FormEvent } from 'react';
import { useAct } from '../../api/act.ts';
import { useScope } from '../../api/scope.tsx';
import type { Inventory as Found } from '../../api/types.ts';
import { Button, Field, TextInput } from '../../ui/controls.tsx';
import { whole } from '../../ui/format.ts';
import { Panel } from '../../ui/parts.tsx';
import { Empty, Problem } from '../../ui/states.tsx';

/** Available numbers, by place or area code. */
export function Inventory() {
  const { core } = useScope();
  const searching = useAct((body: object) => core<Found>('/numbers/search', { method: 'POST', body }));
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    searching.mutate(Object.fromEntries(given));
  };
  return (
    <Panel title="Search the inventory">
      <search>
        <form className="filters" onSubmit={search}>
          <Field label="City">
            <TextInput name="city" maxLength={100} />
          </Field>
          <Field label="State, two letters">
            <TextInput name="state" pattern="[A-Za-z]{2}" />
          </Field>
          <Field label="Area code">
            <TextInput name="npa" pattern="[2-9]\d{2}" inputMode="numeric" />
          </Field>
          <Field label="ZIP code">
            <TextInput name="zipCode" pattern="\d{5}" inputMode="numeric" />
          </Field>
          <Button type="submit" busy={searching.isPending}>
            Search
          </Button>
        </form>
      </search>
      {searching.error && <Problem error={searching.error} />}
      <div aria-live="polite">{searching.data && <Groups groups={searching.data.groups} />}</div>
    </Panel>
  );
}

function Groups({ groups }: { groups: Found['groups'] }) {
  if (groups.length === 0) return <Empty title="No matching number is available. Try a wider search." />;
  return (
    <ul className="groups">
      {groups.map(({ npa, nxx, city, state, rateCenter, count, numbers }) => (
        <li key={`${npa} ${nxx} ${city} ${rateCenter}`}>
          <p>
            <b>{[city, state].filter(Boolean).join(', ') || 'Other location'}</b>{' '}
            <span className="muted">
              {npa}-{nxx}, {whole(count)} available
            </span>
          </p>
          <p className="mono small">{numbers.map(({ e164 }) => e164).join('  ')}</p>
        </li>
      ))}
    </ul>
  );
}
