// A package that is listed as a service by itself: `path: node_modules/verdaccio`. Pure.

const form = /^(?:(.*)\/)?node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/?$/

export function isPackage (path: string): boolean {
  return form.test(path)
}

/** Where its node_modules lie, which is where npx would run it: relative to the app's root, '' for the root; undefined: it is no package. */
export function folderOfPackage (path: string): string | undefined {
  const match = form.exec(path)
  return match === null ? undefined : match[1] ?? ''
}
