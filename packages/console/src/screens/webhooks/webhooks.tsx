import { Tabs } from '@base-ui/react/tabs';
import { Page } from '../../ui/parts.tsx';
import { Deliveries } from './deliveries.tsx';
import { Endpoints } from './endpoints.tsx';
import { Replays } from './replays.tsx';
import { SigningSecret } from './signing-secret.tsx';

/** Where events go, how they fare, and what can be done about it. */
export function Webhooks() {
  return (
    <Page title="Webhooks">
      <Tabs.Root defaultValue="endpoints">
        <Tabs.List className="tabs" aria-label="Webhooks">
          <Tabs.Tab value="endpoints">Endpoints</Tabs.Tab>
          <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
          <Tabs.Tab value="replays">Replays</Tabs.Tab>
          <Tabs.Tab value="secret">Signing secret</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="endpoints">
          <Endpoints />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Deliveries />
        </Tabs.Panel>
        <Tabs.Panel value="replays">
          <Replays />
        </Tabs.Panel>
        <Tabs.Panel value="secret">
          <SigningSecret />
        </Tabs.Panel>
      </Tabs.Root>
    </Page>
  );
}
