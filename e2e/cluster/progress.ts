const remindEveryMs = 30_000

/** A line for the person who waits. Standard error, so that standard output stays for what a command answers. */
export function say (line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * Does a phase and prints one line with the seconds it took; for a long one also a line every half minute, for CI
 * systems that end a job which is silent.
 */
export async function phase<T> (title: string, work: () => Promise<T>): Promise<T> {
  const startMs = Date.now()
  const seconds = (): string => `${((Date.now() - startMs) / 1000).toFixed(1)} s`
  const reminder = setInterval(() => say(`    still ${title} (${seconds()})`), remindEveryMs)
  try {
    const result = await work()
    say(`==> ${title} (${seconds()})`)
    return result
  } catch (error) {
    say(`==> ${title}: failed (${seconds()})`)
    throw error
  } finally {
    clearInterval(reminder)
  }
}

/**
 * Asks until the answer is true. A check that throws counts as "not yet"; its last error is the reason that is told.
 * @param timeoutMs how long in all, in milliseconds
 */
export async function until (what: string, timeoutMs: number, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let reason = 'it never became true'
  for (;;) {
    try {
      if (await check()) return
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s (${reason})`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
