// JSON that is one line to whoever reads it. Pure.

const otherEnds = /[\u007f-\u009f\u2028\u2029]/
const everyOtherEnd = new RegExp(otherEnds, 'g')

/** Escapes what JSON.stringify leaves: control characters above ASCII's first 32, and what some readers take for the end of a line. */
export function oneLine (json: string): string {
  if (!otherEnds.test(json)) return json
  return json.replace(everyOtherEnd, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
