// Chunks, split anywhere, to lines. Pure but for what it remembers of the line that is not over.

/** Characters of one line (and of one record) that are kept. */
export const maxLineLength = 64 * 1024

/** Where a line came from: of the chunk that began it. */
export interface Origin { timeMs: number, traceId?: string | undefined, spanId?: string | undefined }
export interface Line { text: string, origin: Origin, /** Characters past the bound, not kept. */ cut: number }

export interface Splitter {
  push: (chunk: string | Uint8Array, origin: Origin) => Line[]
  /** The line that has no newline yet, if there is one. */
  end: () => Line[]
}

export function createSplitter (): Splitter {
  // A byte order mark is the service's own, and UTF-8 characters may lie across chunks.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let isDecoding = false
  let begun: Line | undefined

  function keep (text: string, origin: Origin): void {
    begun ??= { text: '', origin, cut: 0 }
    const room = maxLineLength - begun.text.length
    begun.text += text.length > room ? text.slice(0, room) : text
    begun.cut += Math.max(0, text.length - room)
  }

  function take (lines: Line[]): void {
    if (begun === undefined) return
    if (begun.cut === 0 && begun.text.endsWith('\r')) begun.text = begun.text.slice(0, -1)
    lines.push(begun)
    begun = undefined
  }

  function split (text: string, origin: Origin): Line[] {
    const lines: Line[] = []
    let from = 0
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      keep(text.slice(from, to), origin)
      take(lines)
      from = to + 1
    }
    if (from < text.length) keep(text.slice(from), origin)
    return lines
  }

  return {
    push (chunk, origin) {
      if (typeof chunk !== 'string') {
        isDecoding = true
        return split(decoder.decode(chunk, { stream: true }), origin)
      }
      if (!isDecoding) return split(chunk, origin)
      isDecoding = false
      return split(decoder.decode() + chunk, origin)
    },
    end () {
      const lines = isDecoding ? split(decoder.decode(), begun?.origin ?? { timeMs: 0 }) : []
      isDecoding = false
      take(lines)
      return lines
    }
  }
}
