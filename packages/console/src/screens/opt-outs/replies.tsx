import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { useCore, useScope } from '../../api/scope.tsx';
import type { AutoReplies } from '../../api/types.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Panel } from '../../ui/parts.tsx';
import { Answer, Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';

const KINDS = [
  ['optOut', 'Reply to an opt-out (STOP)'],
  ['optIn', 'Reply to an opt-in (START)'],
  ['help', 'Reply to a help request (HELP)'],
] as const;

type Kind = (typeof KINDS)[number][0];
type Way = 'default' | 'own' | 'none';

const WAYS = [
  ['default', 'default text'],
  ['own', 'own text'],
  ['none', 'no reply'],
] as const;

const MOST_CHARACTERS = 480;

/** Automatic replies to handsets, one for each change of the opt-out state. */
export function AutoReplyTexts() {
  const replies = useCore<AutoReplies>('/auto-replies');
  return (
    <Panel title="Automatic replies">
      <p className="muted">Carriers and the laws of many countries require a reply to STOP and HELP.</p>
      <Answer query={replies} rows={6}>
        {(current) => <RepliesForm current={current} />}
      </Answer>
    </Panel>
  );
}

function RepliesForm({ current }: { current: AutoReplies }) {
  const { core } = useScope();
  const say = useSay();
  const saving = useAct(
    (body: object) => core('/auto-replies', { method: 'PATCH', body }),
    () => say('Automatic replies saved.'),
  );
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    saving.mutate(Object.fromEntries(KINDS.map(([kind]) => [kind, settingOf(given, kind)])));
  };
  return (
    <form className="form" onSubmit={save}>
      {KINDS.map(([kind, label]) => (
        <Reply key={kind} kind={kind} label={label} setting={current[kind]} standard={current.defaults[kind]} />
      ))}
      {saving.error && <Problem error={saving.error} />}
      <Button type="submit" kind="primary" busy={saving.isPending}>
        Save
      </Button>
    </form>
  );
}

function settingOf(given: FormData, kind: Kind): string | false | null {
  const way = given.get(kind) as Way;
  if (way === 'own') return String(given.get(`${kind}Text`));
  return way === 'none' ? false : null;
}

interface ReplyProps {
  kind: Kind;
  label: string;
  setting: AutoReplies[Kind];
  standard: string;
}

function Reply({ kind, label, setting, standard }: ReplyProps) {
  const [way, setWay] = useState<Way>(setting === null ? 'default' : setting === false ? 'none' : 'own');
  return (
    <>
      <Field label={label} hint={way === 'default' ? standard : undefined}>
        <Select name={kind} options={WAYS} value={way} onChange={({ target }) => setWay(target.value as Way)} />
      </Field>
      {way === 'own' && (
        <textarea
          name={`${kind}Text`}
          aria-label={`${label}: text`}
          rows={3}
          required
          maxLength={MOST_CHARACTERS}
          defaultValue={setting || standard}
        />
      )}
    </>
  );
}
