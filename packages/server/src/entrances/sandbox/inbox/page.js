import { describeEvent } from './event.js';

const find = (id) => document.getElementById(id);
const messages = new Map();

find('command').textContent = `curl -X POST ${location.origin}/api/core/messages/send \\
  -H "Authorization: Bearer rc_token_example" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: inbox-${Date.now()}" \\
  -d '{"sendFrom": "num_abc123", "to": ["+15550000009"], "messageType": "SMS", "text": "Hello from Red Cloud"}'`;

function messageItem({ messageId, route }) {
  const known = messages.get(messageId);
  if (known) return known;
  const item = find('message').content.firstElementChild.cloneNode(true);
  item.querySelector('.route').textContent = route;
  item.querySelector('.id').textContent = messageId;
  messages.set(messageId, item);
  find('messages').prepend(item);
  return item;
}

function eventItem({ receivedAt, verification, headers, body }, { title, error, said }) {
  const item = find('event').content.firstElementChild.cloneNode(true);
  const valid = verification.redcloud === 'valid' && verification.standardWebhooks === 'valid';
  const verdict = item.querySelector('.verdict');
  verdict.textContent = valid
    ? '✓ both signatures verify'
    : `✗ X-RedCloud: ${verification.redcloud}; Standard Webhooks: ${verification.standardWebhooks}`;
  verdict.classList.add(valid ? 'good' : 'bad');
  item.querySelector('.type').textContent = title;
  item.querySelector('time').textContent = new Date(receivedAt).toLocaleTimeString();
  item.querySelector('time').dateTime = receivedAt;
  item.querySelector('.error').textContent = error;
  item.querySelector('.said').textContent = said;
  item.querySelector('pre').textContent = JSON.stringify({ headers, body }, null, 2);
  return item;
}

const live = new EventSource('/sandbox/inbox/live');
live.onopen = () => {
  // The stream begins with all stored webhooks, so a reconnected page starts empty.
  messages.clear();
  find('messages').replaceChildren();
  find('state').textContent = 'live';
};
live.onerror = () => {
  find('state').textContent = 'not connected, reconnecting…';
};
live.onmessage = ({ data }) => {
  const received = JSON.parse(data);
  find('empty').hidden = true;
  const event = describeEvent(received.body);
  messageItem(event).querySelector('.events').append(eventItem(received, event));
};
