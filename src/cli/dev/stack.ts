// An error's stack, read for the one who wrote the code: the message, the frames of that code, and its place. Pure.

export interface Place { file: string, line: number, column: number }

export interface ReadStack {
  /** "TypeError: x is not a function", with the lines that follow. */
  message: string
  /** Frames of users' code; of packages', when there is none. Without indentation. */
  frames: string[]
  at: Place | undefined
}

const framePattern = /^\s+at /
const placePattern = /(?:^|[\s(])((?:file:\/\/)?\/[^()\n]*?)(?:\?[^:()]*)?:(\d+)(?::(\d+))?\)?$/
/** Node puts the place of what cannot be parsed before the error. */
const headPlacePattern = /^((?:file:\/\/)?\/.*):(\d+)$/
const framesShown = 8

/**
 * @param isForeign whether a file is not of the one who reads: Node's, a package's, ours
 * @param isHidden whether it says nothing to them even where there is nothing else
 */
export function readStack (stack: string, isForeign: (file: string) => boolean, isHidden = (_file: string): boolean => false): ReadStack {
  const lines = stack.split('\n')
  const head = placeIn(headPlacePattern, lines[0] ?? '')
  const firstFrame = lines.findIndex((line) => framePattern.test(line))
  const before = lines.slice(0, firstFrame === -1 ? lines.length : firstFrame)
  const frames = firstFrame === -1 ? [] : lines.slice(firstFrame).filter((line) => framePattern.test(line)).map((line) => line.trim())
  const places = frames.map((frame) => placeIn(placePattern, frame))
  const own = places.map((place, index) => ({ place, frame: frames[index] ?? '' })).filter(({ place }) => place !== undefined && !isForeign(place.file))
  const message = (head === undefined ? before : messageBehind(before)).join('\n').trim()
  return {
    message,
    frames: (own.length > 0 ? own.map(({ frame }) => frame) : places.flatMap((place, index) => place === undefined || isHidden(place.file) ? [] : [frames[index] ?? ''])).slice(0, framesShown),
    at: head !== undefined ? { ...head, column: caretColumn(before) } : own[0]?.place
  }
}

/** What is left when place, code and caret are taken away. */
function messageBehind (lines: readonly string[]): readonly string[] {
  const caret = lines.findIndex((line) => /^\s*\^+\s*$/.test(line))
  return caret === -1 ? lines.slice(1) : lines.slice(caret + 1)
}

function caretColumn (lines: readonly string[]): number {
  const caret = lines.find((line) => /^\s*\^+\s*$/.test(line))
  return caret === undefined ? 1 : caret.indexOf('^') + 1
}

function placeIn (pattern: RegExp, text: string): Place | undefined {
  const [, file, line, column] = pattern.exec(text) ?? []
  return file === undefined ? undefined : { file: pathOf(file), line: Number(line), column: Number(column ?? 1) }
}

function pathOf (file: string): string {
  if (!file.startsWith('file://')) return file
  try {
    return decodeURIComponent(file.slice('file://'.length))
  } catch {
    return file.slice('file://'.length)
  }
}
