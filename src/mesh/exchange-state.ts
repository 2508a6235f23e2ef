// When what may be said: one exchange as its caller and as its service see it. A frame that has no move is not meant for
// this state: it was on its way when the other side gave up, and is dropped.

export type Phase =
  /** Nothing was answered. */
  | 'asked'
  /** The response's head is out, its body follows. */
  | 'answering'
  /** Bytes both ways. */
  | 'tunnel'
  /** Over, well or not. */
  | 'closed'

/** Frames of the answering direction, and the two ways of giving up. */
export type Said = 'information' | 'whole' | 'head' | 'data' | 'end' | 'upgraded' | 'cut' | 'lost'

export const moves: { readonly [P in Phase]: { readonly [S in Said]?: Phase } } = {
  asked: { information: 'asked', whole: 'closed', head: 'answering', upgraded: 'tunnel', cut: 'closed', lost: 'closed' },
  answering: { data: 'answering', end: 'closed', cut: 'closed', lost: 'closed' },
  // `end` closes one half only; the sockets at both sides say when both are closed, by `cut`.
  tunnel: { data: 'tunnel', end: 'tunnel', cut: 'closed', lost: 'closed' },
  closed: {}
}

/** The phase after `said`; undefined: drop it. */
export function next (phase: Phase, said: Said): Phase | undefined {
  return moves[phase][said]
}

/** The asking direction runs beside it: a service may answer before it has read all. */
export type Upload = 'whole' | 'open' | 'ended'

/** RFC 9110 §9.2.2. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

export interface Loss {
  phase: Phase
  method: string
  upload: Upload
  /** The service may have seen the request. */
  wasBegun: boolean
  /** Times that the request was under way in a worker that ended, this one included if it was begun. */
  losses: number
}

/** What becomes of a request whose worker ended. */
export function onLoss ({ phase, method, upload, wasBegun, losses }: Loss): 'retry' | 'lost' | 'lostTwice' | 'cut' {
  if (phase !== 'asked') return 'cut'
  if (!wasBegun) return 'retry'
  if (losses > 1) return 'lostTwice'
  return idempotent.has(method) && upload === 'whole' ? 'retry' : 'lost'
}
