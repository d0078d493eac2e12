/** A send to copy into a terminal. In the sandbox it runs as it is. */
export function sendCommand(origin: string, numberId: string, sandbox: boolean, to = '+15551234567'): string {
  const token = sandbox ? 'rc_token_example' : '$TOKEN';
  return `curl -X POST ${origin}/api/core/messages/send \\
  -H "Authorization: Bearer ${token}" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: $(date +%s)" \\
  -d '{"sendFrom": "${numberId}", "to": ["${to}"], "messageType": "SMS", "text": "Hello from Red Cloud"}'`;
}
