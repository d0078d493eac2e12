import { type FormEvent, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useAct } from '../../api/act.ts';
import { exchange, Failure } from '../../api/call.ts';
import { errorsOf } from '../../api/field-of.ts';
import { useScope } from '../../api/scope.tsx';
import type { PhoneNumber, Sent } from '../../api/types.ts';
import { Button, Command, Field, TextInput } from '../../ui/controls.tsx';
import { moment } from '../../ui/format.ts';
import { Panel } from '../../ui/parts.tsx';
import { Problem } from '../../ui/states.tsx';
import { sendCommand } from '../messages/send-command.ts';
import { PreviewOfSend } from './preview.tsx';
import { fieldsOf, NO_OPTIONS } from './send-fields.ts';
import { OPTION_LABELS, SendOptions } from './send-options.tsx';
import { usePreview } from './use-preview.ts';

interface SendProps {
  number: PhoneNumber;
  handset: string;
  /** Number of messages from the handset. */
  written: number;
}

/** Form that sends a message to the handset, with a preview of the send. */
export function Send({ number, handset, written }: SendProps) {
  const { clientId } = useScope();
  const [text, setText] = useState('Hello from Red Cloud');
  const [options, setOptions] = useState(NO_OPTIONS);
  const body = { sendFrom: number.numberId, to: [handset], messageType: 'SMS', text, ...fieldsOf(options) };
  const preview = usePreview(body);
  const sending = useSending(clientId);
  // Clears the error, because the message from the handset may have been START.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect runs for each message
  useEffect(() => sending.reset(), [written]);
  // A changed request no longer has the error of the previous one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect runs for each change of the form
  useEffect(() => {
    if (sending.error) sending.reset();
  }, [text, options]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate(body);
  };
  const { byField, isOfForm } = errorsOf(sending.error ?? preview.error, OPTION_LABELS);
  return (
    <Panel title="1. Send a message">
      <form className="send-form" onSubmit={send}>
        <div className="inline-form">
          <Field label="Text">
            <TextInput value={text} required maxLength={1600} onChange={({ target }) => setText(target.value)} />
          </Field>
          <Button type="submit" kind="primary" busy={sending.isPending}>
            Send through the API
          </Button>
        </div>
        <SendOptions options={options} set={setOptions} errors={byField} />
      </form>
      {sending.error && isOfForm && <Problem error={sending.error} next={nextOf(sending.error)} />}
      {sending.data?.sendAt && <Scheduled {...sending.data} sendAt={sending.data.sendAt} />}
      {text !== '' && <PreviewOfSend preview={preview} isOfForm={isOfForm && !sending.error} />}
      <details>
        <summary>Command for a terminal</summary>
        <Command text={sendCommand({ origin: location.origin, clientId, numberId: number.numberId, to: handset })} />
      </details>
    </Panel>
  );
}

/** @returns the id and the requested time of the message. */
function useSending(clientId: string | undefined) {
  return useAct(async (body: { sendAt?: string }) => {
    const request = { method: 'POST', once: true, client: clientId, body } as const;
    const { answer, requestId } = await exchange<Sent>('/api/core/messages/send', request);
    const refused = answer.errors[0]?.error;
    if (refused) throw new Failure(202, refused.code, refused.message, requestId);
    return { messageId: answer.results[0]?.messageId ?? '', sendAt: body.sendAt };
  });
}

const nextOf = ({ code }: Failure) =>
  code === 'RECIPIENT_OPTED_OUT' ? 'Send START from the handset to opt in again.' : undefined;

function Scheduled({ messageId, sendAt }: { messageId: string; sendAt: string }) {
  return (
    <p className="notice good" role="status">
      <span>
        <Link href={`/messages/${messageId}`}>The message</Link> waits until {moment(sendAt)}.{' '}
        <Link href="/scheduling">All scheduled messages</Link>
      </span>
    </p>
  );
}
