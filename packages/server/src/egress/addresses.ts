import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/** Network that the operator allows beyond public addresses, in the form of `ipaddr.js`. */
export type Network = [Address, number];

/**
 * Prefix of IPv4 addresses behind a NAT64 translator (RFC 6052 §2.1). An IPv6-only network resolves IPv4 names to
 * these.
 */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** IPv6 addresses that are assigned to the public so far (IANA). All others have a special meaning, or none. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by its number, but local to each Azure machine: metadata and more. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/** @param cidrs `10.0.0.0/8`, `fd00::/8`. @throws for an invalid one, which the configuration has excluded. */
export function networksOf(cidrs: readonly string[]): Network[] {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}

/** Whether a packet to `address` arrives in one of the networks. */
export function isWithin(networks: readonly Network[], address: string): boolean {
  const end = endOf(address);
  return end !== undefined && networks.some((network) => includes(network, end));
}

/** Whether a packet to `address` stays on this machine: 127.0.0.0/8 or ::1, also in IPv4-mapped form. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/**
 * Whether `address` belongs to a machine on the public internet: global unicast by the registries of special addresses
 * (IANA, RFC 6890). Excludes private, loopback, link-local, carrier-grade NAT, cloud metadata, documentation,
 * multicast, 6to4 and Teredo addresses. Excludes any of these within an IPv4-mapped or NAT64 address as well.
 */
export function isPublic(address: string): boolean {
  const end = endOf(address);
  if (end === undefined || end.toString() === AZURE_WIRE_SERVER) return false;
  if (end instanceof ipaddr.IPv6 && !end.match(GIVEN_OUT)) return false;
  return end.range() === 'unicast';
}

/**
 * Address that a packet to `text` reaches: the IPv4 address within an IPv6 address, or `text` itself. Undefined for no
 * address.
 */
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
