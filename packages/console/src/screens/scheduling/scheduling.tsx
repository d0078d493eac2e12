import { Page } from '../../ui/parts.tsx';
import { Tabbed } from '../../ui/tabbed.tsx';
import { CancelByReference } from './cancel-reference.tsx';
import { OwnQuietHours } from './quiet-hours.tsx';
import { ScheduledMessages } from './scheduled.tsx';

/** Scheduled messages and the quiet hours. */
export function Scheduling() {
  return (
    <Page title="Scheduling" actions={<CancelByReference />}>
      <Tabbed
        label="Scheduling"
        tabs={[
          { name: 'messages', label: 'Scheduled messages', content: <ScheduledMessages /> },
          { name: 'quiet-hours', label: 'Quiet hours', content: <OwnQuietHours /> },
        ]}
      />
    </Page>
  );
}
