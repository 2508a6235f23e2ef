// What a request for a built frontend asks: a page or a part of one, in which coding, for how long. Pure.
import { hasKnownType } from './static-request.ts'

/** Codings that the client takes. RFC 9110 §12.5.3; what it only takes as `*` is left to those who compress as they send. */
export function acceptedCodings (field: string | string[] | undefined): ReadonlySet<string> {
  const accepted = new Set<string>()
  for (const part of String(field ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';')
    if (!parameters.some((parameter) => /^\s*q\s*=\s*0(?:\.0*)?\s*$/.test(parameter))) accepted.add(coding.trim())
  }
  return accepted
}

/**
 * Whether a path that is no file is one of the application's own pages. A name with the extension of a file is not, so that a missing
 * script is 404 and never a page; "/user/jane.doe" is.
 */
export function isNavigation (accept: string | undefined, names: readonly string[]): boolean {
  return !hasKnownType(names.at(-1) ?? '') && (accept === undefined || /\btext\/html\b|\*\/\*/.test(accept))
}

/**
 * Whether a bundler has put a hash of the content into the name: `index-DiwrgTda.js`, `logo.3f9a1c2b.svg`. One that may be a word is
 * taken for a word, as `Roboto-SemiBold.woff2`: asking for a file once too often costs little, keeping an old one for a year a lot.
 * `index-DjctsIzg.js` is none: a word, and each of several, has a vowel. (Of random names of eight letters 5 in 1000 may be words.)
 */
export function isHashed (name: string): boolean {
  const hash = /[-.]([\w-]{8,32})(?:\.\w{1,5}){1,2}$/.exec(name)?.[1]
  return hash !== undefined && /[A-Za-z]/.test(hash) && /[A-Z0-9_]/.test(hash) && !isWords(hash)
}

function isWords (text: string): boolean {
  return /^[A-Z]?[a-z]*(?:[A-Z][a-z]{2,})*$/.test(text) && text.split(/(?=[A-Z])/).every((word) => /[aeiouy]/i.test(word))
}

/** The path below which a page's own links to files of the build begin: "/shop" of `<script src="/shop/assets/index.js">`. Undefined: no such link. */
export function builtBase (html: string, isFile: (path: string) => boolean): string | undefined {
  for (const [, link = ''] of html.matchAll(/\s(?:src|href)\s*=\s*["']?(\/(?!\/)[^"'\s>?#]*)/g)) {
    const segments = link.split('/').slice(1)
    const at = segments.findIndex((_, index) => isFile(segments.slice(index).join('/')))
    if (at >= 0) return segments.slice(0, at).map((segment) => `/${segment}`).join('')
  }
  return undefined
}

/** The path as it is below `base`. Unchanged when it is not below it: the gateway has cut it off, or a service of the app calls. */
export function belowBase (target: string, base: string): string {
  if (base === '' || !target.startsWith(base)) return target
  const rest = target.slice(base.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? rest : /^[?#]/.test(rest) ? `/${rest}` : target
}

/** The path with `base` before it, if it is not there: for a framework that answers 404 to whatever is not below its base. */
export function withBase (target: string, base: string): string {
  if (base === '' || !target.startsWith('/') || target === base || (target.startsWith(base) && /^[/?#]/.test(target.slice(base.length)))) return target
  return `${base}${target}`
}

/** Where a redirect leads: the app does not know of its prefix, so that a path of its own may lack it. Other hosts are left alone. */
export function withinBasePath (location: string, basePath: string): string {
  return location.startsWith('//') ? location : withBase(location, basePath)
}

/** Whether pages that were built for `built` are right for browsers that find them below `route`. */
export function fitsBase (built: string | undefined, route: string): boolean {
  return built === undefined || built === route || built.startsWith(`${route}/`)
}
