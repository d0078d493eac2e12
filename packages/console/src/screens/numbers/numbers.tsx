import { useCore } from '../../api/scope.tsx';
import type { Numbers as Own, PhoneNumber } from '../../api/types.ts';
import { Button } from '../../ui/controls.tsx';
import { Sheet } from '../../ui/dialogs.tsx';
import { Page, Panel, State } from '../../ui/parts.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { Inventory } from './inventory.tsx';
import { NumberSettings } from './settings.tsx';

const COLUMNS: readonly Column<PhoneNumber>[] = [
  { label: 'Number', cell: ({ e164 }) => <b className="mono">{e164}</b> },
  { label: 'ID', className: 'mono', cell: ({ numberId }) => numberId },
  { label: 'Status', cell: ({ status }) => <State value={status} /> },
  { label: 'Can send', cell: (number) => canSend(number) },
  {
    label: 'Campaign',
    className: 'mono',
    cell: ({ campaignRegId }) => campaignRegId ?? <span className="muted">none</span>,
  },
  { label: 'Own webhooks', cell: (number) => ownWebhooks(number) },
  {
    label: 'Action',
    cell: (number) => (
      <Sheet title={`Settings of ${number.e164}`} trigger={<Button>Settings</Button>}>
        {(close) => <NumberSettings number={number} done={close} />}
      </Sheet>
    ),
  },
];

/** Numbers of this API client, and the inventory search. */
export function Numbers() {
  const numbers = useCore<Own>('/numbers');
  return (
    <Page title="Numbers">
      <Panel title="Assigned numbers">
        <Answer query={numbers}>
          {({ numbers: own }) =>
            own.length === 0 ? (
              <Empty title="No assigned numbers">
                <p>An operator assigns numbers with POST /api/admin/numbers.</p>
              </Empty>
            ) : (
              <PagedTable label="Numbers" columns={COLUMNS} rows={own} keyOf={({ numberId }) => numberId} />
            )
          }
        </Answer>
      </Panel>
      <Inventory />
    </Page>
  );
}

function canSend({ status, campaignRegId, smsEnabled, mmsEnabled }: PhoneNumber): string {
  if (status !== 'ACTIVE') return 'no (not active)';
  if (campaignRegId === null) return 'no (no campaign)';
  return [smsEnabled && 'SMS', mmsEnabled && 'MMS'].filter(Boolean).join(', ') || 'no';
}

function ownWebhooks({ webhookDeliveryOverride, webhookInboundOverride }: PhoneNumber): string {
  return [webhookDeliveryOverride && 'delivery', webhookInboundOverride && 'inbound'].filter(Boolean).join(', ') || '–';
}
