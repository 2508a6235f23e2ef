// Debian's Chromium through playwright-core, which the project itself does not depend on: only what tests use of it is typed here.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { installed } from './install.ts'

export interface Locator {
  click: () => Promise<void>
  fill: (text: string) => Promise<void>
  textContent: () => Promise<string | null>
  count: () => Promise<number>
  waitFor: (options?: { state?: 'attached' | 'visible' | 'hidden' }) => Promise<void>
}

export interface Page {
  goto: (url: string, options?: { waitUntil?: 'load' | 'domcontentloaded' | 'networkidle' | 'commit' }) => Promise<{ status: () => number } | null>
  reload: () => Promise<unknown>
  url: () => string
  content: () => Promise<string>
  title: () => Promise<string>
  locator: (selector: string) => Locator
  click: (selector: string) => Promise<void>
  fill: (selector: string, text: string) => Promise<void>
  waitForURL: (url: string | RegExp) => Promise<void>
  waitForFunction: (source: string) => Promise<unknown>
  evaluate: <Value>(source: string) => Promise<Value>
  screenshot: (options: { path: string, fullPage?: boolean }) => Promise<unknown>
  on: (event: 'console' | 'pageerror' | 'request' | 'response' | 'websocket', listener: (what: { text: () => string, type: () => string, url: () => string, status: () => number, message: string }) => void) => void
  close: () => Promise<void>
}

export interface Browser extends AsyncDisposable {
  newPage: () => Promise<Page>
  close: () => Promise<void>
}

interface Launched { newPage: () => Promise<Page & { setDefaultTimeout: (ms: number) => void }>, close: () => Promise<void> }

interface Playwright { chromium: { launch: (options: object) => Promise<Launched> } }

/** A development server compiles a page when it is first asked for, and a busy machine takes its time. */
const patienceMs = 180_000

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Of a browser with a window: for one without, frameworks hold a page back until all of it is there, as they do for robots. */
export const browserAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** For a test's `skip`: false, or why there is no browser. */
export const noBrowser: string | false = existsSync(chromium) ? false : `there is no ${chromium} (CHROMIUM names another)`

export async function browser (): Promise<Browser> {
  const folder = await installed(join(import.meta.dirname, '..'))
  const playwright = createRequire(join(folder, 'package.json'))('playwright-core') as Playwright
  // As root Chromium has no sandbox; /dev/shm of a container is small.
  const launched = await playwright.chromium.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', `--user-agent=${browserAgent}`] })
  const newPage = async (): Promise<Page> => {
    const page = await launched.newPage()
    page.setDefaultTimeout(patienceMs)
    return page
  }
  return { newPage, close: () => launched.close(), [Symbol.asyncDispose]: () => launched.close() }
}
