import { BlockList, isIP } from 'node:net';

export type IsTrusted = (address: string | undefined) => boolean;

/** Whether an address is that of a proxy whose headers are believed. The networks have been checked as settings. */
export function trustedProxies(networks: readonly string[]): IsTrusted {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  // an IPv4 peer of a socket that takes both families shows as ::ffff:10.0.0.2, which the list knows as well
  return (address) => address !== undefined && isIP(address) !== 0 && list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
