import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/** What the operator allows beyond public addresses, as `ipaddr.js` matches it. */
export type Network = [Address, number];

/** An IPv4 address behind a network's translator (RFC 6052 §2.1): what an IPv6-only network resolves IPv4 names to. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** All that is given out to the public so far (IANA); what else there is of IPv6 has a special meaning, or none. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by its number, and yet each Azure machine's own: metadata and more. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/** @param cidrs `10.0.0.0/8`, `fd00::/8`. @throws when one is none; the configuration has checked that. */
export function networksOf(cidrs: readonly string[]): Network[] {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}

/** Whether what a packet to `address` reaches is in one of the networks. */
export function isWithin(networks: readonly Network[], address: string): boolean {
  const end = endOf(address);
  return end !== undefined && networks.some((network) => includes(network, end));
}

/**
 * Whether `address` is that of a machine on the public internet: global unicast, by the registries of special addresses
 * (IANA; RFC 6890). Not: private, loopback, link-local, carrier-grade NAT, cloud metadata, documentation, multicast, 6to4,
 * Teredo, and any of these within an IPv4-mapped or NAT64 address.
 */
export function isPublic(address: string): boolean {
  const end = endOf(address);
  if (end === undefined || end.toString() === AZURE_WIRE_SERVER) return false;
  if (end instanceof ipaddr.IPv6 && !end.match(GIVEN_OUT)) return false;
  return end.range() === 'unicast';
}

/** What a packet to it reaches: of an IPv4 address within an IPv6 one, that. undefined: it is no address. */
function endOf(text: string): Address | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4 || !address.match(NAT64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

function includes([base, bits]: Network, address: Address): boolean {
  if (base instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(base, bits);
  return address instanceof ipaddr.IPv6 && address.match(base, bits);
}
