// A stream of bytes → its lines. A watch is one JSON object a line, cut anywhere.

/** Yields each whole line; what stands after the last newline is not a line and is dropped (the stream was cut). */
export async function * lines (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pieces: string[] = []
  for await (const chunk of chunks) {
    let text = decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield pieces.join('') + text.slice(0, end)
      pieces = []
      text = text.slice(end + 1)
    }
    if (text !== '') pieces.push(text)
  }
}
