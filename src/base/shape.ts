// V8 forgets how the objects of a class are laid out when a collection finds none of them left. Where that happens after the first
// few, it takes their room to be unused: those that follow are hash tables if they have more than a dozen private fields, and all that
// touches them is slow for good (bench: a gateway that had answered six requests before it rested answered a quarter fewer a second
// from then on). One object that is kept holds the layout, and the compiled code that relies on it.
import { AsyncResource, createHook } from 'node:async_hooks'

const kept: object[] = []

/** `one` is never used. */
export function keepShape (one: object): void {
  kept.push(one)
}

/**
 * Likewise of Node's own, for this thread. Whatever is made as a literal with computed names, as each `process.nextTick` is, V8 makes by a
 * call into its runtime from then on: after a rest, in which V8 collects twice, `undici.request` by itself took 4.1 µs instead of 2.5.
 * @returns what is kept
 */
export function keepNodeShapes (): readonly object[] {
  const ones: object[] = []
  const hook = createHook({ init: (_id, _type, _trigger, resource) => ones.push(resource), trackPromises: false })
  hook.enable()
  process.nextTick(() => {})
  hook.disable()
  const [immediate, timeout] = [setImmediate(() => {}), setTimeout(() => {}, 0)]
  clearImmediate(immediate)
  clearTimeout(timeout)
  ones.push(immediate, timeout, new AsyncResource('WattAppShape'))
  for (const one of ones) keepShape(one)
  return ones
}
