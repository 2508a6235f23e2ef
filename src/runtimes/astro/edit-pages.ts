// Edits the pages of a server while they are sent, part by part.
import type { ServerResponse } from 'node:http'
import { wholeTags } from './module-links.ts'

/** `edit` gets whole tags alone. Whatever is no page goes out as it is. */
export function editPages (response: ServerResponse, edit: (html: string) => string): void {
  const { write, writeHead, end } = response
  const decoder = new TextDecoder()
  let kept = ''
  let isPage: boolean | undefined

  response.writeHead = function (...args: unknown[]) {
    const fields = args.at(-1)
    const isGiven = typeof fields === 'object' && fields !== null && !Array.isArray(fields)
    const type = isGiven ? Object.entries(fields).find(([name]) => name.toLowerCase() === 'content-type')?.[1] as unknown : undefined
    isPage = String(type ?? response.getHeader('content-type')).startsWith('text/html')
    if (isPage) {
      // It is not known yet.
      response.removeHeader('content-length')
      if (isGiven) args[args.length - 1] = Object.fromEntries(Object.entries(fields).filter(([name]) => name.toLowerCase() !== 'content-length'))
    }
    return Reflect.apply(writeHead, response, args)
  }
  response.write = function (...args: unknown[]) {
    if (!(isPage ?? isHtml(response))) return Reflect.apply(write, response, args)
    isPage = true
    return Reflect.apply(write, response, [next(args[0]), ...args.slice(1).filter((arg) => typeof arg === 'function')])
  }
  response.end = function (...args: unknown[]) {
    if (!(isPage ?? isHtml(response))) return Reflect.apply(end, response, args)
    const chunk = typeof args[0] === 'function' ? undefined : args[0]
    const last = (chunk === undefined || chunk === null ? '' : next(chunk)) + edit(kept + decoder.decode())
    kept = ''
    return Reflect.apply(end, response, [last, ...args.filter((arg) => typeof arg === 'function')])
  }

  function next (chunk: unknown): string {
    const text = kept + (typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true }))
    const until = wholeTags(text)
    kept = text.slice(until)
    return edit(text.slice(0, until))
  }
}

/** Of one whose head is written with its first bytes. */
function isHtml (response: ServerResponse): boolean {
  const is = !response.headersSent && String(response.getHeader('content-type')).startsWith('text/html')
  if (is) response.removeHeader('content-length')
  return is
}
