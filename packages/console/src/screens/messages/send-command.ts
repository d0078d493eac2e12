import { DEMO_CLIENT, DEMO_TOKEN } from '../../api/demo-client.ts';

interface Given {
  origin: string;
  /** API client that sends the message. */
  clientId: string | undefined;
  numberId: string;
  to?: string;
}

/**
 * Send command for a terminal. Runs unchanged for the demo client of the sandbox. Other clients must insert their
 * secret.
 */
export function sendCommand({ origin, clientId, numberId, to = '+15551234567' }: Given): string {
  const isDemo = clientId === DEMO_CLIENT.clientId;
  const token = isDemo ? '' : `${tokenCommand(origin, clientId ?? 'YOUR_CLIENT_ID')}\n`;
  return `${token}curl -X POST ${origin}/api/core/messages/send \\
  -H "Authorization: Bearer ${isDemo ? DEMO_TOKEN : '$TOKEN'}" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: $(date +%s)" \\
  -d '{"sendFrom": "${numberId}", "to": ["${to}"], "messageType": "SMS", "text": "Hello from Red Cloud"}'`;
}

function tokenCommand(origin: string, clientId: string): string {
  return `TOKEN=$(curl -sS ${origin}/api/auth/token -u "${clientId}:$CLIENT_SECRET" \\
  -d grant_type=client_credentials | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
}
