// Other services of the app, asked over the mesh with plain fetch: no address, no port, no client library.

/** The answer's JSON; undefined when there is no such thing. */
export async function ask (url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (response.status === 404) {
    await response.body?.cancel()
    return undefined
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return await response.json()
}
