// The page of `wattapp dev` in place of an answer: what is wrong, where, what to do; it loads itself again once that is mended. Pure.
import type { WattError } from '../base/error.ts'
import type { Trouble } from './thread.ts'

/** Where the page asks whether anything has changed. */
export const statePath = '/__wattapp/state'

export interface ErrorPageOptions {
  service: string
  error: Pick<WattError, 'code' | 'message' | 'hint' | 'status'>
  trouble: Trouble | undefined
  /** Of the service: another one is worth a look. */
  revision: number
}

const style = `
  :root { color-scheme: light dark; --soft: #6b7280; --line: #d1d5db; --code: #f3f4f6; --bad: #b91c1c; --good: #15803d }
  @media (prefers-color-scheme: dark) { :root { --soft: #9ca3af; --line: #374151; --code: #1f2937; --bad: #f87171; --good: #4ade80 } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem }
  h1 { font-size: 1.25rem; margin: 0 0 1rem; color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere }
  h1.waits { color: inherit }
  p { margin: .5rem 0 }
  pre { font: 13px/1.6 ui-monospace, monospace; background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; overflow-x: auto }
  .soft, footer { color: var(--soft) }
  .place { font: 14px ui-monospace, monospace }
  .remedy b { color: var(--good) }
  footer { margin-top: 2rem; font-size: .875rem }`

/** Nothing of another origin, and no word of the service's as HTML. */
export function errorPage ({ service, error, trouble, revision }: ErrorPageOptions): string {
  const isStarting = trouble === undefined && error.status === 503
  const title = isStarting ? `${service} is starting` : `${service} ${trouble === undefined ? 'did not answer' : verbs[trouble.reason] ?? 'ended'}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}
</style>
</head>
<body>
<p class="soft">${escaped(title)}</p>
${trouble === undefined ? `<h1${isStarting ? ' class="waits"' : ''}>${escaped(error.message)}</h1>` : described(trouble)}
${remedy(trouble?.hint ?? error.hint)}
<footer>${escaped(error.code)} · ${isStarting ? 'this page loads itself again' : `this page loads itself again when ${escaped(service)} has changed`} · <code>wattapp dev</code></footer>
<script>${script(service, revision, isStarting)}</script>
</body>
</html>
`
}

const verbs: Readonly<Record<string, string>> = {
  startFailed: 'does not start',
  startTimeout: 'does not start',
  error: 'crashed',
  exit: 'ended',
  memory: 'ran out of memory',
  blocked: 'is blocked'
}

function described ({ message, place, frame, stack }: Trouble): string {
  return [
    `<h1>${escaped(message)}</h1>`,
    place === undefined ? '' : `<p class="place">${escaped(place)}</p>`,
    frame === undefined ? '' : `<pre>${escaped(frame)}</pre>`,
    stack === undefined ? '' : `<pre class="soft">${escaped(stack)}</pre>`
  ].filter((part) => part !== '').join('\n')
}

function remedy (hint: string): string {
  return hint === '' ? '' : `<p class="remedy"><b>Remedy:</b> ${escaped(hint)}</p>`
}

/** Asks twice a second, and not while nobody looks. */
function script (service: string, revision: number, isStarting: boolean): string {
  const address = `${statePath}?service=${encodeURIComponent(service)}`
  return `
const look = async () => {
  try {
    if (!document.hidden) {
      const { revision } = await (await fetch(${JSON.stringify(address)}, { cache: 'no-store' })).json()
      if (revision !== ${revision} || ${isStarting}) return location.reload()
    }
  } catch {}
  setTimeout(look, 500)
}
setTimeout(look, 500)
`
}

function escaped (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
