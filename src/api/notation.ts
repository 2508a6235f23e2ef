// The forms of strings that several fields share, each with words for people. RE2 and JavaScript read them alike.
import { field, type Rule } from './field.ts'
import { durationMs, durationPattern } from './duration.ts'
import { bytesPattern, cpuPattern, parseBytes } from './quantity.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

// One path segment that is neither `.` nor `..`, which servers and file systems resolve (RFC 3986 §5.2.4); `%` would hide them.
const unreserved = "A-Za-z0-9_~!$&'()*+,;=:@-"
const urlSegment = `(\\.{0,2}[${unreserved}][.${unreserved}]*|\\.{3}[.${unreserved}]*)`

const notControl = '\\x00-\\x1f\\x7f'
// A part of a file's path that is neither `.` nor `..`; Kubernetes takes no `:` in mount paths.
const fileSegment = `\\.?[^./:\\\\${notControl}][^/:\\\\${notControl}]*|\\.\\.[^/:\\\\${notControl}]+`
const fileSegmentOrDot = `(\\.|${fileSegment})`

export const forms = {
  dns1035: { pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$', like: 'lower-case letters, digits and `-`, beginning with a letter, such as shop-api' },
  dnsLabel: { pattern: `^${label}$`, like: 'lower-case letters, digits and `-`, such as products or shop-api' },
  dnsName: { pattern: `^${label}(\\.${label})*$`, like: 'lower-case letters, digits, `-` and `.`, such as shop-db' },
  cidr: {
    pattern: '^([0-9]{1,3}(\\.[0-9]{1,3}){3}(/([0-9]|[12][0-9]|3[0-2]))?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?)$',
    like: 'an IP address or a CIDR block, such as 10.0.0.0/8 or fd00::/8'
  },
  host: { pattern: `^(\\*|(\\*\\.)?${label}(\\.${label})*)$`, like: '`*`, a host name in lower case without a port such as shop.example.com, or *.example.com' },
  urlPath: {
    pattern: `^(/|(/${urlSegment})+)$`,
    like: 'a path that begins with `/`, without a trailing `/`, without `//`, `.` and `..` segments, `%` and `?`, such as /api/products'
  },
  healthPath: {
    pattern: "^/[A-Za-z0-9_.~!$&'()*+,;=:@%/?-]*$",
    like: 'a path that begins with `/`, such as /healthz'
  },
  relativePath: {
    pattern: `^${fileSegmentOrDot}(/${fileSegmentOrDot})*/?$`,
    like: 'a relative path, with `/` between the parts and no `..`, such as services/products'
  },
  absolutePath: {
    pattern: `^(/|(/(${fileSegment}))+)$`,
    like: 'an absolute path without a trailing `/`, `..`, `//` or `:`, such as /data'
  },
  duration: { pattern: durationPattern, like: 'numbers with units, in quotes or not, such as 500ms, 30s or 1m30s' },
  bytes: { pattern: bytesPattern, like: 'a number with a unit, such as 192Mi or 1Gi' },
  cpu: { pattern: cpuPattern, like: 'cores such as "2" or "0.5", in quotes, or thousandths of one such as 500m' },
  envName: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$', like: 'letters, digits and `_`, not beginning with a digit, such as DATABASE_URL' },
  key: { pattern: '^(\\.?[-_A-Za-z0-9][-._A-Za-z0-9]*)$', like: 'letters, digits, `-`, `_` and `.`, such as url or tls.crt' },
  image: { pattern: '^[A-Za-z0-9][-A-Za-z0-9._:/@+]*$', like: 'an image reference such as registry.example.com/shop:1.4.2' },
  labelValue: { pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$', like: 'letters, digits, `-`, `_` and `.`, at most 63, such as checkout' },
  // Multi-line values (a certificate) are fine; what moves a terminal's cursor or ends a C string is not.
  text: { pattern: '^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]*$', like: 'text without control characters other than tab and new line, in quotes when it looks like a number' },
  line: { pattern: `^[^${notControl}]*$`, like: 'text of one line without control characters' }
} as const

type Form = (typeof forms)[keyof typeof forms]

/** A string of one of the `forms`. */
export function text<const F extends Form, const More extends object> (form: F, maxLength: number, description: string, more: More) {
  return { type: 'string' as const, ...form, maxLength, description, ...more }
}

/** A duration with bounds, both inclusive, and a default. */
export function durationField<const Default extends string> (description: string, defaultValue: Default, atLeast: string, atMost: string) {
  return field({ ...optionalDurationField(description, atLeast, atMost), default: defaultValue })
}

/** A duration with bounds, both inclusive, that may be absent. */
export function optionalDurationField (description: string, atLeast: string, atMost: string) {
  const outOfBounds: Rule = {
    reason: 'DurationOutOfBounds',
    cel: `duration(self) >= duration('${atLeast}') && duration(self) <= duration('${atMost}')`,
    message: 'the duration is out of bounds',
    remedy: `write one from ${atLeast} to ${atMost}`,
    broken: (self: string) => durationMs(self) < durationMs(atLeast) || durationMs(self) > durationMs(atMost) ? [{ at: [] }] : []
  }
  return field({ type: 'string', ...forms.duration, maxLength: 24, description, rules: [outOfBounds] })
}

/** An amount of memory, at least `atLeast`. */
export function bytesField<const More extends object> (description: string, atLeast: string, more: More) {
  const tooSmall: Rule = {
    reason: 'MemoryTooSmall',
    cel: `quantity(self).compareTo(quantity('${atLeast}')) >= 0`,
    message: 'the amount is too small to start with',
    remedy: `write ${atLeast} or more`,
    broken: (self: string) => (parseBytes(self) ?? 0) < (parseBytes(atLeast) ?? 0) ? [{ at: [] }] : []
  }
  return { type: 'string' as const, ...forms.bytes, maxLength: 16, description, rules: [tooSmall], ...more }
}
