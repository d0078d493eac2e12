import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/call.ts';
import { errorsOf } from '../../api/field-of.ts';
import type { Message, MessageDetail } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Question, View } from '../../ui/dialogs.tsx';
import { localOf, moment, momentOf, utc } from '../../ui/format.ts';
import { MomentField } from '../../ui/moment-field.tsx';
import { Problem } from '../../ui/states.tsx';
import { useSay } from '../../ui/toasts.tsx';

export type Change = 'cancel' | 'reschedule';

const TOO_LATE = 'The message cannot be changed any more. See its page for its current state.';

interface ButtonsProps {
  /** Recipient, which distinguishes the buttons of a list. */
  of: string;
  choose: (change: Change) => void;
}

export function ChangeButtons({ of, choose }: ButtonsProps) {
  return (
    <div className="actions">
      <Button aria-label={`Change time of the message to ${of}`} onClick={() => choose('reschedule')}>
        Change time
      </Button>
      <Button kind="danger" aria-label={`Cancel the message to ${of}`} onClick={() => choose('cancel')}>
        Cancel
      </Button>
    </div>
  );
}

interface ChangeProps {
  message: Message;
  /** API client of the message. */
  owner: string | undefined;
  close: () => void;
}

/** Dialog of a change. The page renders it outside of its list, so that an error stays visible when the row disappears. */
export function ChangeDialog({ change, ...rest }: ChangeProps & { change: Change }) {
  return change === 'cancel' ? <CancelMessage {...rest} /> : <Reschedule {...rest} />;
}

const pathOf = ({ messageId }: Message) => `/api/core/messages/${encodeURIComponent(messageId)}`;

function CancelMessage({ message, owner, close }: ChangeProps) {
  const say = useSay();
  const cancel = () =>
    call<MessageDetail>(`${pathOf(message)}/cancel`, { method: 'POST', client: owner }).then(() =>
      say(`The message to ${message.to} is canceled.`),
    );
  return (
    <Question
      title={`Cancel the message to ${message.to}?`}
      verb="Cancel the message"
      dismiss="Keep the message"
      act={cancel}
      conflict={TOO_LATE}
      close={close}
    >
      <p>
        The message will not be sent. It fails with <code>CANCELED</code>, and the API client gets{' '}
        <code>message.failed</code>. A canceled message cannot be restored.
      </p>
    </Question>
  );
}

function Reschedule(props: ChangeProps) {
  return (
    <View title={`Change the time of the message to ${props.message.to}`} close={props.close}>
      <RescheduleForm {...props} />
    </View>
  );
}

const LABELS = { sendAt: 'Send at', expiresAt: 'Expires' };

function RescheduleForm({ message, owner, close }: ChangeProps) {
  const say = useSay();
  const [sendAt, setSendAt] = useState(localOf(message.sendAt ?? undefined));
  const [expiresAt, setExpiresAt] = useState('');
  const moving = useAct(
    (body: object) => call<MessageDetail>(pathOf(message), { method: 'PATCH', client: owner, body }),
    (moved) => {
      say(`The message to ${message.to} will be sent at ${momentOfMessage(moved)}.`);
      close();
    },
  );
  const move = (event: FormEvent) => {
    event.preventDefault();
    moving.mutate({ sendAt: momentOf(sendAt), expiresAt: momentOf(expiresAt) });
  };
  const { byField, isOfForm } = errorsOf(moving.error, LABELS);
  return (
    <form className="form" onSubmit={move}>
      {message.sendAt && (
        <p>
          Current time: {moment(message.sendAt)} ({utc(message.sendAt)})
        </p>
      )}
      <MomentField label={LABELS.sendAt} value={sendAt} set={setSendAt} error={byField.sendAt} required />
      <MomentField
        label={LABELS.expiresAt}
        value={expiresAt}
        set={setExpiresAt}
        error={byField.expiresAt}
        hint="If empty, the message expires 24 hours after its new time."
      />
      {isOfForm && <Problem error={moving.error} conflict={TOO_LATE} />}
      <Button type="submit" kind="primary" busy={moving.isPending}>
        Change the time
      </Button>
    </form>
  );
}

const momentOfMessage = ({ sendAt, createdAt }: Message) => moment(sendAt ?? createdAt);
