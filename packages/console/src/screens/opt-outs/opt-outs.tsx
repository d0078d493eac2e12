import { Tabs } from '@base-ui/react/tabs';
import { Page } from '../../ui/parts.tsx';
import { OptOutHistory } from './history.tsx';
import { AddOptOut, OptOutList } from './list.tsx';
import { AutoReplyTexts } from './replies.tsx';

/** Who wants no more, what was said when, and what is answered to it. */
export function OptOuts() {
  return (
    <Page title="Opt-outs" actions={<AddOptOut />}>
      <Tabs.Root defaultValue="now">
        <Tabs.List className="tabs" aria-label="Opt-outs">
          <Tabs.Tab value="now">As they stand</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="replies">Automatic answers</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="now">
          <OptOutList />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <OptOutHistory />
        </Tabs.Panel>
        <Tabs.Panel value="replies">
          <AutoReplyTexts />
        </Tabs.Panel>
      </Tabs.Root>
    </Page>
  );
}
