// What the tests of this folder see of a tab.
import type { Page } from '../support/browser.ts'

/** Whatever goes wrong in it from now on, or leads away from `url`. */
export function seen (tab: Page, url: string): string[] {
  const failures: string[] = []
  tab.on('pageerror', ({ message }) => { failures.push(message) })
  tab.on('response', (response) => { if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) failures.push(`${response.status()} ${response.url()}`) })
  tab.on('request', (request) => { if (!/^(data:|blob:)/.test(request.url()) && !request.url().startsWith(`${url}/`)) failures.push(`elsewhere: ${request.url()}`) })
  return failures
}

/** Resolves once it does. */
export async function shows (tab: Page, selector: string, text: string): Promise<void> {
  await tab.waitForFunction(`document.querySelector(${JSON.stringify(selector)})?.textContent === ${JSON.stringify(text)}`)
}
