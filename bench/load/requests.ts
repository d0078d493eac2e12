import type { LoadOptions, Recipients, RequestOptions, Send, Sendsms } from './options.ts';

/** @param n 1, 2, 3 … within the process @returns the request on the wire, in ASCII */
export type BuildRequest = (n: number) => string;

/** Excludes the simulator's destinations with a special outcome, which begin with +1555000. */
const RECIPIENTS: Recipients = { prefix: '+1555', first: 1_000_000, count: 8_999_999, perRequest: 1 };
const TEXT = 'Hello from Red Cloud';

const BUILDERS: { [Kind in RequestOptions['kind']]: (host: string, options: never) => BuildRequest } = {
  send: (host: string, options: Send) => send(host, options),
  sendsms: (host: string, options: Sendsms) => sendsms(host, options),
};

export function requestBuilder({ url, request }: LoadOptions): BuildRequest {
  return BUILDERS[request.kind](new URL(url).host, request as never);
}

function send(host: string, options: Send): BuildRequest {
  const { token = 'rc_token_example', sendFrom = 'num_abc123', text = TEXT } = options;
  const recipients = { ...RECIPIENTS, ...options.recipients };
  const head =
    `POST /api/core/messages/send HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n` +
    'Content-Type: application/json\r\nIdempotency-Key: ';
  const before = `{"sendFrom":${ascii(sendFrom)},"to":[`;
  const after = `],"messageType":"SMS","text":${ascii(text)},"externalReference":"order_`;
  // Unique, since several load generators may use one server, at the same time or one after the other.
  const run = `bench-${process.pid}-${Date.now().toString(36)}`;
  return (n) => {
    const body = `${before}${recipientList(recipients, n)}${after}${n}"}`;
    return `${head}${run}-${n}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}

function recipientList({ prefix, first, count, perRequest }: Recipients, n: number): string {
  let list = '';
  for (let i = 0; i < perRequest; i += 1) {
    list += `${i === 0 ? '' : ','}"${prefix}${first + (((n - 1) * perRequest + i) % count)}"`;
  }
  return list;
}

function sendsms(host: string, options: Sendsms): BuildRequest {
  const { username, password, from, text = TEXT, dlr } = options;
  const { prefix, first, count } = { ...RECIPIENTS, ...options.recipients };
  const query = new URLSearchParams({ username, password, from, text });
  if (dlr) {
    query.set('dlr-mask', String(dlr.mask));
    query.set('dlr-url', dlr.url);
  }
  const before = `GET /cgi-bin/sendsms?${query}&to=${encodeURIComponent(prefix)}`;
  const after = ` HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  return (n) => `${before}${first + ((n - 1) % count)}${after}`;
}

/** @returns JSON with escapes for non-ASCII characters, so that the text has as many bytes as characters */
function ascii(value: string): string {
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
