// Which host names are the mesh's: `<declared service>.internal` and `<declared service>.plt.local` (Watt's, so that its
// apps move without edits). Every other name is DNS's: metadata.google.internal, and foo.internal when no service is foo.

const suffixes = ['.internal', '.plt.local']

/** The service that `host` (a name, without port) may name; undefined: it cannot be ours. Host names have no case (RFC 4343). */
export function nameOf (host: string): string | undefined {
  const lower = host.toLowerCase()
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower
  const suffix = suffixes.find((end) => name.endsWith(end))
  return suffix === undefined ? undefined : name.slice(0, -suffix.length)
}

/** The service that `host` names; undefined: not ours. */
export function serviceOf (host: string, declares: (service: string) => boolean): string | undefined {
  const name = nameOf(host)
  return name !== undefined && declares(name) ? name : undefined
}

/** The host of an origin (`http://host:port`): without scheme, port and user. Undefined for a TLS origin or none. */
export function hostOf (origin: string): { host: string, isTls: boolean } | undefined {
  const found = /^(https?|wss?):\/\/(?:[^/@]*@)?([^/:?#[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(origin)
  if (found === null) return undefined
  const [, scheme = '', host = ''] = found
  return { host, isTls: scheme.length > 2 && scheme.endsWith('s') }
}
