const find = (id) => document.getElementById(id);
const messages = new Map();

find('command').textContent = `curl -X POST ${location.origin}/api/core/messages/send \\
  -H "Authorization: Bearer rc_token_example" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: inbox-${Date.now()}" \\
  -d '{"sendFrom": "num_abc123", "to": ["+15550000009"], "messageType": "SMS", "text": "Hello from Red Cloud"}'`;

function messageItem({ messageId = 'unknown', from, to }) {
  const known = messages.get(messageId);
  if (known) return known;
  const item = find('message').content.firstElementChild.cloneNode(true);
  item.querySelector('.route').textContent = `${from ?? '?'} → ${to ?? '?'}`;
  item.querySelector('.id').textContent = messageId;
  messages.set(messageId, item);
  find('messages').prepend(item);
  return item;
}

function eventItem({ receivedAt, verification, headers, body }) {
  const item = find('event').content.firstElementChild.cloneNode(true);
  const valid = verification.redcloud === 'valid' && verification.standardWebhooks === 'valid';
  const verdict = item.querySelector('.verdict');
  verdict.textContent = valid
    ? '✓ both signatures verify'
    : `✗ X-RedCloud: ${verification.redcloud}; Standard Webhooks: ${verification.standardWebhooks}`;
  verdict.classList.add(valid ? 'good' : 'bad');
  item.querySelector('.type').textContent = `${body.sequence ?? '·'} ${body.type ?? 'not an event'}`;
  item.querySelector('time').textContent = new Date(receivedAt).toLocaleTimeString();
  item.querySelector('time').dateTime = receivedAt;
  item.querySelector('.error').textContent = body.error ? `${body.error.code}: ${body.error.message}` : '';
  item.querySelector('.said').textContent = body.text ? `“${body.text}”` : '';
  item.querySelector('pre').textContent = JSON.stringify({ headers, body }, null, 2);
  return item;
}

const live = new EventSource('/sandbox/inbox/live');
live.onopen = () => {
  // The stream begins with all that is kept, so a reconnected page starts afresh.
  messages.clear();
  find('messages').replaceChildren();
  find('state').textContent = 'live';
};
live.onerror = () => {
  find('state').textContent = 'not connected; trying again…';
};
live.onmessage = ({ data }) => {
  const received = JSON.parse(data);
  find('empty').hidden = true;
  messageItem(received.body).querySelector('.events').append(eventItem(received));
};
