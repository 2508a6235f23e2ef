import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../../../src/runtimes/platformatic/logger.ts'

const circle: Record<string, unknown> = { name: 'round' }
circle.self = circle

/** What a line holds beside its time. */
const rows: Record<string, { log: (logger: Logger) => void, says: unknown[] }> = {
  'a text': { log: (logger) => logger.info('hello'), says: [{ level: 30, msg: 'hello' }] },
  'a text with values': { log: (logger) => logger.warn('%s of %d', 'one', 2), says: [{ level: 40, msg: 'one of 2' }] },
  'fields and a text': { log: (logger) => logger.error({ cart: 7 }, 'no %s', 'stock'), says: [{ level: 50, cart: 7, msg: 'no stock' }] },
  'fields alone': { log: (logger) => logger.info({ cart: 7 }), says: [{ level: 30, cart: 7 }] },
  'a level below its own is not written': { log: (logger) => { logger.debug('no'); logger.trace('no'); logger.silent() }, says: [] },
  'the level may change': { log: (logger) => { logger.level = 'debug'; logger.debug('yes'); logger.level = 'silent'; logger.fatal('no') }, says: [{ level: 20, msg: 'yes' }] },
  'a child has the fields of its parents': {
    log: (logger) => logger.child({ a: 1, b: 1 }).child({ b: 2 }, { msgPrefix: '[x] ' }).info({ c: 3 }, 'hello'),
    says: [{ level: 30, a: 1, b: 2, c: 3, msg: '[x] hello' }]
  },
  'a child may have a level of its own': { log: (logger) => { logger.child({}, { level: 'error' }).warn('no'); logger.child({}, { level: 'trace' }).trace('yes') }, says: [{ level: 10, msg: 'yes' }] },
  'serializers of a child and of its parents': {
    log: (logger) => logger.child({ user: 'ada' }, { serializers: { user: (user: string) => user.toUpperCase() } }).child({}, { serializers: { cart: () => 'a cart' } }).info({ cart: {} }),
    says: [{ level: 30, user: 'ADA', cart: 'a cart' }]
  },
  'what JSON cannot say': { log: (logger) => logger.info({ big: 1n, circle }, 'odd'), says: [{ level: 30, big: '1', circle: "<ref *1> { name: 'round', self: [Circular *1] }", msg: 'odd' }] }
}
for (const [name, { log, says }] of Object.entries(rows)) {
  test(name, () => assert.deepEqual(linesOf(log), says))
}

test('an error has its message, type, stack and cause, wherever it stands', () => {
  const error = Object.assign(new TypeError('broken', { cause: new Error('worn') }), { code: 'E_SHELF' })
  const [bare, beside] = linesOf((logger) => {
    logger.error(error)
    logger.error({ err: error }, 'while selling')
  }) as Array<{ msg: string, err: Record<string, unknown> }>
  assert.deepEqual([bare?.msg, beside?.msg], ['broken', 'while selling'])
  for (const line of [bare, beside]) {
    const { stack, cause, ...err } = line?.err ?? {}
    assert.deepEqual(err, { code: 'E_SHELF', type: 'TypeError', message: 'broken' })
    assert.match(String(stack), /^TypeError: broken\n\s+at /)
    assert.equal((cause as { message: string }).message, 'worn')
  }
})

test('an unknown level is refused, and levels can be asked for', () => {
  const logger = new Logger({ level: 'warn', write: () => {} })
  assert.throws(() => Reflect.set(logger, 'level', 'loud'), TypeError)
  assert.deepEqual((['info', 'warn', 'fatal'] as const).map((level) => logger.isLevelEnabled(level)), [false, true, true])
})

function linesOf (log: (logger: Logger) => void): unknown[] {
  const lines: string[] = []
  log(new Logger({ level: 'info', write: (line) => { lines.push(line) } }))
  return lines.map((line) => {
    const { time, ...rest } = JSON.parse(line) as { time: number }
    assert.equal(typeof time, 'number')
    return rest
  })
}
