import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDuration } from '../../src/api/duration.ts'
import { forms } from '../../src/api/notation.ts'
import { formatBytes, parseBytes, parseMillicores } from '../../src/api/quantity.ts'

const durations: Record<string, number | undefined> = {
  '0s': 0, '5ms': 5, '1m30s': 90_000, '24h': 86_400_000, '1h1m1s1ms': 3_661_001, 25: undefined, '1.5s': undefined, '-1s': undefined, '1 s': undefined, '': undefined, '1d': undefined
}
for (const [text, ms] of Object.entries(durations)) {
  test(`the duration "${text}" is ${ms === undefined ? 'none' : `${ms} ms`}`, () => assert.equal(parseDuration(text), ms))
}

const amounts: Record<string, number | undefined> = {
  0: 0, '192Mi': 201_326_592, '1.5Gi': 1_610_612_736, '500M': 5e8, '1k': 1000, 0.001: 1, '192MB': undefined, '1e3': undefined, '-1Mi': undefined, '1Ei': undefined
}
for (const [text, count] of Object.entries(amounts)) {
  test(`"${text}" is ${count === undefined ? 'no amount' : `${count} bytes`}`, () => assert.equal(parseBytes(text), count))
}

const cpus: Record<string, number | undefined> = { 2: 2000, 0.5: 500, '500m': 500, 1.001: 1001, '0.5m': undefined, two: undefined }
for (const [text, millicores] of Object.entries(cpus)) {
  test(`"${text}" is ${millicores === undefined ? 'no CPU' : `${millicores} thousandths of a core`}`, () => assert.equal(parseMillicores(text), millicores))
}

test('what formatBytes prints is read back as the same', () => {
  fc.assert(fc.property(fc.nat({ max: 2 ** 40 }), (count) => parseBytes(formatBytes(count)) === count))
})

test('no path of a URL that is taken changes when it is resolved, or names another host', () => {
  const character = fc.constantFrom('/', '.', 'a', '%', '2', 'e', 'f', '?', '#', '\\', ':', '@', '\n', ';')
  fc.assert(fc.property(fc.array(character, { maxLength: 12 }), (letters) => {
    const path = `/${letters.join('')}`
    fc.pre(new RegExp(forms.urlPath.pattern, 'u').test(path))
    const url = new URL(`http://shop.internal${path}`)
    assert.equal(url.href, `http://shop.internal${path}`)
    assert.equal(new URL(path, 'http://shop.internal').href, url.href)
  }), { numRuns: 3000 })
})

test('no relative path that is taken leaves its folder', () => {
  const character = fc.constantFrom('/', '.', 'a', '\\', ':', '\0', ' ')
  fc.assert(fc.property(fc.array(character, { maxLength: 10 }), (letters) => {
    const path = letters.join('')
    fc.pre(new RegExp(forms.relativePath.pattern, 'u').test(path))
    assert.ok(new URL(encodeURI(path), 'file:///app/').pathname.startsWith('/app/'), path)
  }), { numRuns: 3000 })
})

test('no mount path that is taken is written in two ways', () => {
  const character = fc.constantFrom('/', '.', 'a', '\\', ':', 'b')
  fc.assert(fc.property(fc.array(character, { maxLength: 10 }), (letters) => {
    const path = `/${letters.join('')}`
    fc.pre(new RegExp(forms.absolutePath.pattern, 'u').test(path))
    assert.equal(new URL(`file://${path}`).pathname, path)
  }), { numRuns: 3000 })
})
