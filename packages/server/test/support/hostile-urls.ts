import { ADDRESSES } from './hostile-hosts.ts';

/** Schemes and spellings that a lenient parser might turn into a forbidden address. */
const SPELLINGS = `
  file:///etc/passwd file://127.0.0.1/etc/passwd ftp://127.0.0.1:PORT/a gopher://127.0.0.1:PORT/_GET data:image/jpeg;base64,AAAA
  javascript:alert(1) blob:http://127.0.0.1:PORT/a ws://127.0.0.1:PORT/a about:blank unix:/var/run/docker.sock jar:http://127.0.0.1:PORT!/
  http:///127.0.0.1:PORT/a http:\\\\127.0.0.1:PORT\\a //127.0.0.1:PORT/a
  http://public.invalid@127.0.0.1:PORT/a http://public.invalid:80@127.0.0.1:PORT/a http://public.invalid%2f@127.0.0.1:PORT/a
  http://127.0.0.2:80%40@127.0.0.1:PORT/a http://[::1]:PORT@127.0.0.1:PORT/a http://127.0.0.1:PORT\\@public.invalid/a
  http://127.0.0.1:PORT#@public.invalid/ http://127.0.0.1:PORT?@public.invalid/ http://127.0.0.1:PORT/@public.invalid/
  http://127.0.0.2:0/a http://127.0.0.2:65536/a http://127.0.0.2:-1/a http://127.0.0.1:22/a http://127.0.0.1:00PORT/a
  http://[::1%25lo]:PORT/a http://[fe80::1%25lo]:PORT/a http://[::ffff:127.0.0.1%00]:PORT/a http://[0:0:0:0:0:0:0:1]:PORT/a
  http://localho\u017ft:PORT/a http://lo\u00adcalhost:PORT/a http://\u24dbocalhost:PORT/a http://localhost\u3002:PORT/a http://%6c%6f%63alhost:PORT/a
  http://127.0.0.1\u3002:PORT/a http://\uff11\uff12\uff17.0.0.1:PORT/a http://0x7f\uff0e1:PORT/a http://127.0.0.1%00.public.invalid/a http://127.0.0.1%0d%0a:PORT/a
`;

/** Forbidden addresses alone. In a redirect, these are paths of the redirecting server. */
const ALONE = ['http:127.0.0.1:PORT/a', 'http:/127.0.0.1:PORT/a', '127.0.0.1:PORT/a'];

/** With control characters, which parsers of URLs remove. */
const CONTROLS = [
  'http://127.0.0.1:PORT/a\r\nHost: public.invalid',
  'ht\r\ntp://127.0.0.1:PORT/a',
  'http://127.0.\n0.1:PORT/a',
  '\u0001http://127.0.0.1:PORT/a',
  'http://local\thost:PORT/a',
  ' http://127.0.0.1:PORT/a ',
];

/**
 * URLs of forbidden addresses, which need no resolver.
 * @param port port on which this machine would answer.
 * @returns URLs that are forbidden as a target of a redirect as well, and others.
 */
export function hostileUrls(port: number): { everywhere: string[]; alone: string[] } {
  const withPort = (url: string) => url.replaceAll('PORT', String(port));
  const spelled = [...SPELLINGS.trim().split(/\s+/), ...CONTROLS, `http://127.0.0.1:PORT/${'a'.repeat(1_900)}`];
  const everywhere = [
    ...ADDRESSES.map((host) => `http://${host}:${port}/a`),
    ...spelled.map(withPort),
    `http://${'a'.repeat(1_000)}.invalid/a`,
    `http://${'a.'.repeat(200)}invalid/a`,
  ];
  return { everywhere, alone: ALONE.map(withPort) };
}
