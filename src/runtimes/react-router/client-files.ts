// The files that a build has made for browsers, and the pages that it has made beforehand, as answers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createFileStore, type StoredFile } from '../file-store.ts'
import { isHashed } from '../page-request.ts'
import { sendFile } from '../send-file.ts'
import { filesOf, type BuiltFor } from './base-path.ts'

export interface ClientFiles {
  /** Answers by a file, if there is one. False: it is the application's to answer. */
  tryFile: (request: IncomingMessage, response: ServerResponse) => Promise<void> | boolean
  find: (name: string) => StoredFile | undefined
}

/** Kept, but asked for anew each time: a deployment must show at once. */
export const fresh = 'public, max-age=0'
const immutable = 'public, max-age=31536000, immutable'

/**
 * @param folder a real path
 * @param isMixed what is copied from `public`, and keeps its name, lies there too, beside a folder of files that are named by their content
 */
export function createClientFiles (folder: string, builtFor: BuiltFor, isMixed = true): ClientFiles {
  const store = createFileStore(folder, { isPrecompressed: true })
  return {
    tryFile (request, response) {
      const { method = 'GET', url = '/' } = request
      if (method !== 'GET' && method !== 'HEAD') return false
      for (const names of filesOf(url, builtFor)) {
        const stored = store.find(names)
        if (stored === undefined) continue
        const cacheControl = (names.length > 1 || !isMixed) && isHashed(names.at(-1) ?? '') ? immutable : fresh
        return sendFile(stored, request, response, { cacheControl }) ?? true
      }
      return false
    },
    find: (name) => store.find([name])
  }
}
