// Finds the end of HTTP/1.1 answers that say their length, one at a time on a connection. Pure, but for what it holds.

/** The status when the chunk completed an answer, else undefined. @throws on an answer without Content-Length */
export function createReader (): (chunk: Buffer) => number | undefined {
  let held: Buffer | undefined
  let needed = 0

  return (chunk) => {
    held = held === undefined ? chunk : Buffer.concat([held, chunk])
    if (held.length < needed) return undefined
    const headEnd = held.indexOf('\r\n\r\n')
    if (headEnd === -1) return undefined
    const head = held.toString('latin1', 0, headEnd)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error('an answer has no Content-Length')
    needed = headEnd + 4 + Number(length)
    if (held.length < needed) return undefined
    if (held.length > needed) throw new Error('more came than was asked for')
    held = undefined
    needed = 0
    return Number(head.slice(9, 12))
  }
}
