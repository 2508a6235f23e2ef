// process.argv, where several services share a worker: each sees the one of its own entry, whenever it looks.

/** @param current whose code runs; undefined: nobody's, who sees the thread's own */
export function ownArgv (current: () => object | undefined): void {
  const argvs = new WeakMap<object, string[]>()
  let common = process.argv
  Object.defineProperty(process, 'argv', {
    get () {
      const who = current()
      return (who && argvs.get(who)) ?? common
    },
    set (argv: string[]) {
      const who = current()
      if (who === undefined) common = argv
      else argvs.set(who, argv)
    },
    enumerable: true,
    configurable: true
  })
}
