import { CANONICAL } from '#entrances/sandbox/demo.ts';
import type { Config } from '#platform/config.ts';
import type { RedCloud } from '../app.ts';

/** First screen on a terminal. The credentials of the sandbox are public. Other credentials are never printed. */
export function banner(
  { url, internalUrl = url }: Pick<RedCloud, 'url' | 'internalUrl'>,
  { sandbox, roles }: Pick<Config, 'sandbox' | 'roles'>,
): string {
  const lines = [`Red Cloud listens on ${url}`];
  if (roles.includes('api')) {
    lines.push('', `  console         ${internalUrl}/console/`, `  API reference   ${internalUrl}/docs`);
    if (sandbox) lines.push(...sandboxLines(url));
  }
  return `\n${lines.join('\n')}\n\n`;
}

function sandboxLines(url: string): string[] {
  return [
    `  webhook inbox   ${url}/sandbox/inbox`,
    '',
    'Demo credentials of the sandbox:',
    '',
    `  client id       ${CANONICAL.clientId}`,
    `  client secret   ${CANONICAL.clientSecret}`,
    `  token           ${CANONICAL.accessToken}`,
    '',
    'Send a first message:',
    '',
    `  curl -sS ${url}/api/core/messages/send \\`,
    `    -H 'Authorization: Bearer ${CANONICAL.accessToken}' \\`,
    "    -H 'Content-Type: application/json' -H 'Idempotency-Key: first-message' \\",
    `    -d '{"sendFrom":"num_abc123","to":["+15551234567"],"messageType":"SMS","text":"Hello from Red Cloud"}'`,
  ];
}
