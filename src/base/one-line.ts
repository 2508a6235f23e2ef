// JSON that is one line to whoever reads it. Pure.

const otherEnds = /[\u007f-\u009f\u2028\u2029]/
const everyOtherEnd = new RegExp(otherEnds, 'g')

/** Escapes what JSON.stringify leaves: control characters above ASCII's first 32, and what some readers take for the end of a line. */
export function oneLine (json: string): string {
  if (!otherEnds.test(json)) return json
  return json.replace(everyOtherEnd, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const neverPlain = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

/** Text as it stands between the quotes of a JSON string, likewise one line. Most text stands there as it is, and is not copied. */
export function withinQuotes (text: string): string {
  return neverPlain.test(text) ? oneLine(JSON.stringify(text)).slice(1, -1) : text
}
