import { BlockList, isIPv4, isIPv6 } from 'node:net';

const NETWORKS = new BlockList();
NETWORKS.addSubnet('127.0.0.0', 8, 'ipv4');

/** Separate from the IPv4 network, which an IPv4-mapped address such as ::ffff:127.0.0.1 would match. */
const ADDRESSES = new BlockList();
ADDRESSES.addAddress('::1', 'ipv6');

/**
 * Whether `text` is an IP address of 127.0.0.0/8 or ::1. Only the canonical IPv4 form counts. `127.1`, `0x7f.1` and
 * `2130706433` are names to some resolvers, and are rejected.
 */
export function isLoopbackAddress(text: string): boolean {
  if (isIPv4(text)) return NETWORKS.check(text, 'ipv4');
  // Node accepts a zone (`::1%eth0`) as part of the address.
  return isIPv6(text) && !text.includes('%') && ADDRESSES.check(text, 'ipv6');
}

/** Whether a setting or URL names this machine: `localhost`, or an address of the loopback interface without brackets. */
export function isLoopbackName(text: string): boolean {
  return text.toLowerCase() === 'localhost' || isLoopbackAddress(text);
}
