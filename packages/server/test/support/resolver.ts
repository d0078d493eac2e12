import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { decode, encode, RECURSION_DESIRED, type StringAnswer } from 'dns-packet';
import type { Resolve } from '#egress/targets.ts';

/** The addresses of a name. `nth` counts the queries for the name from 0. */
export type Zone = (name: string, nth: number) => string[];

/** Starts a DNS server on UDP for one test, with responses of TTL 0, and a resolver that queries it. */
export async function startResolver(zone: Zone) {
  const asked = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const query = decode(message);
    const [question] = query.questions ?? [];
    const name = question?.name ?? '';
    const key = `${name} ${question?.type}`;
    const nth = asked.get(key) ?? 0;
    asked.set(key, nth + 1);
    const type = question?.type === 'AAAA' ? 'AAAA' : 'A';
    const fits = (text: string) => text.includes(':') === (type === 'AAAA');
    const answers = zone(name, nth)
      .filter(fits)
      .map((data): StringAnswer => ({ type, name, ttl: 0, data }));
    const flags = RECURSION_DESIRED;
    socket.send(
      encode({ type: 'response', id: query.id ?? 0, flags, questions: query.questions ?? [], answers }),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);

  const resolve: Resolve = (name, _options, callback) => {
    Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]).then(([four, six]) => {
      const of = (settled: PromiseSettledResult<string[]>, family: number) =>
        settled.status === 'fulfilled' ? settled.value.map((address) => ({ address, family })) : [];
      callback(null, [...of(four, 4), ...of(six, 6)]);
    });
  };
  return {
    resolve,
    /** Number of queries for the IPv4 address of a name. */
    asked: (name: string) => asked.get(`${name} A`) ?? 0,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}
