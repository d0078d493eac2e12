import { Page } from '../../ui/parts.tsx';
import { Tabbed } from '../../ui/tabbed.tsx';
import { OptOutHistory } from './history.tsx';
import { AddOptOut, OptOutList } from './list.tsx';
import { AutoReplyTexts } from './replies.tsx';

/** Current opt-outs, their history, and the automatic replies. */
export function OptOuts() {
  return (
    <Page title="Opt-outs" actions={<AddOptOut />}>
      <Tabbed
        label="Opt-outs"
        tabs={[
          { name: 'now', label: 'Current', content: <OptOutList /> },
          { name: 'history', label: 'History', content: <OptOutHistory /> },
          { name: 'replies', label: 'Automatic replies', content: <AutoReplyTexts /> },
        ]}
      />
    </Page>
  );
}
