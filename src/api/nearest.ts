// The known word that a misspelt one probably meant.

/** The nearest of `known` within two edits (one for short words), or undefined. */
export function nearest (word: string, known: readonly string[]): string | undefined {
  const most = word.length < 5 ? 1 : 2
  const [best] = known.map((candidate) => ({ candidate, edits: edits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((entry) => entry.edits <= most).sort((one, other) => one.edits - other.edits)
  return best?.candidate
}

/** Levenshtein distance. */
function edits (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
