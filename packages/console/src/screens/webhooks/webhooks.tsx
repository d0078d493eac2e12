import { useScope } from '../../api/scope.tsx';
import type { Rotation } from '../../api/types.ts';
import { Page } from '../../ui/parts.tsx';
import { Tabbed } from '../../ui/tabbed.tsx';
import { Deliveries } from './deliveries.tsx';
import { Endpoints } from './endpoints.tsx';
import { Replays } from './replays.tsx';
import { SigningSecret } from './signing-secret.tsx';

/** Webhook settings, endpoint states, deliveries and replays. */
export function Webhooks() {
  return (
    <Page title="Webhooks">
      <Tabbed
        label="Webhooks"
        tabs={[
          { name: 'endpoints', label: 'Endpoints', content: <Endpoints /> },
          { name: 'deliveries', label: 'Deliveries', content: <Deliveries /> },
          { name: 'replays', label: 'Replays', content: <Replays /> },
          { name: 'secret', label: 'Signing secret', content: <OwnSecret /> },
        ]}
      />
    </Page>
  );
}

function OwnSecret() {
  const { core, clients, clientId = '' } = useScope();
  const name = clients.find(({ id }) => id === clientId)?.name;
  return (
    <SigningSecret
      of={name ?? clientId}
      rotate={(body) => core<Rotation>('/webhooks/secret/rotate', { method: 'POST', once: true, body })}
    />
  );
}
