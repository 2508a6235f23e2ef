// What a raw header list has, without making node:http's object of it. Pure.

/** @param name in lower case; lengths are compared first, since this runs for every field of every request */
export function hasField (headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const field = headers[index]
    if (field?.length === name.length && field.toLowerCase() === name) return true
  }
  return false
}
