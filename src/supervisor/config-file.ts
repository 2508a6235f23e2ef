// Tells when a mounted app config has changed. A kubelet does not write a ConfigMap's file: it swaps the link `..data` beside it,
// so the folder is watched; and since file events are lost on some file systems, the file is also read once a second.
import { watch, type FSWatcher } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock, Timer } from '../base/clock.ts'
import { messageOf } from '../base/error.ts'

const pollMs = 1_000

/** The file's text, or why it cannot be read. Never called twice in a row with the same. */
export type Change = { text: string } | { reason: string }

export interface ConfigFile extends AsyncDisposable {
  close: () => void
}

/** `seen`: the text that is in force already. `changed` is called again only when the promise that it returned is settled. */
export function watchConfigFile (file: string, seen: string, changed: (change: Change) => Promise<void>, clock: Clock): ConfigFile {
  let last = `text ${seen}`
  let isClosed = false
  let isBusy = false
  let isAskedAgain = false
  let timer: Timer | undefined
  let watcher: FSWatcher | undefined

  /** A `changed` that rejects is a fault of ours: it ends the process as any other. */
  function lookAgain (): void {
    look().catch((thrown: unknown) => queueMicrotask(() => { throw thrown }))
  }

  async function look (): Promise<void> {
    if (isBusy) {
      isAskedAgain = true
      return
    }
    isBusy = true
    const change = await readFile(file, 'utf8').then((text) => ({ text }), (thrown: unknown) => ({ reason: messageOf(thrown) }))
    const now = 'text' in change ? `text ${change.text}` : `reason ${change.reason}`
    if (now !== last && !isClosed) {
      last = now
      await changed(change)
    }
    isBusy = false
    if (!isAskedAgain) return
    isAskedAgain = false
    await look()
  }

  function poll (): void {
    timer = clock.after(pollMs, () => {
      lookAgain()
      if (!isClosed) poll()
    }, { unref: true })
  }

  poll()
  try {
    watcher = watch(dirname(file), { persistent: false }, lookAgain)
    // The folder may go away, or the user's limit of watches be reached: polling goes on.
    watcher.on('error', () => watcher?.close())
  } catch {
    watcher = undefined
  }

  function close (): void {
    isClosed = true
    timer?.cancel()
    watcher?.close()
  }
  return { close, async [Symbol.asyncDispose] () { close() } }
}
