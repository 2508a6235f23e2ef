// Which addresses are proxies of ours, whose word on their clients counts.
import { BlockList, isIP } from 'node:net'
import { withoutMapping } from './forwarding.ts'

/** True for a trusted proxy. */
export type Trust = (address: string) => boolean

/** `proxies`: addresses and CIDRs. What is neither is nobody's address. */
export function createTrust (proxies: readonly string[]): Trust {
  if (proxies.length === 0) return () => false
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/')
    const family = isIP(address)
    if (family === 0) continue
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(prefix), type)
  }
  return (address) => {
    const own = withoutMapping(address)
    const family = isIP(own)
    return family !== 0 && list.check(own, family === 4 ? 'ipv4' : 'ipv6')
  }
}
