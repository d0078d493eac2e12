import { Page } from '../../ui/parts.tsx';
import { Tabbed } from '../../ui/tabbed.tsx';
import { BulkSends } from './bulk-sends.tsx';
import { CancelByReference } from './cancel-reference.tsx';
import { OwnQuietHours } from './quiet-hours.tsx';
import { ScheduledMessages } from './scheduled.tsx';

/** Scheduled messages, bulk sends and the quiet hours. */
export function Scheduling() {
  return (
    <Page title="Scheduling" actions={<CancelByReference />}>
      <Tabbed
        label="Scheduling"
        tabs={[
          { name: 'messages', label: 'Scheduled messages', content: <ScheduledMessages /> },
          { name: 'bulk-sends', label: 'Bulk sends', content: <BulkSends /> },
          { name: 'quiet-hours', label: 'Quiet hours', content: <OwnQuietHours /> },
        ]}
      />
    </Page>
  );
}
