// One debugger's conversation with one worker, in messages of the Chrome DevTools Protocol.

export interface DebugSession {
  send: (message: string) => void
  /** Breakpoints are forgotten, and what stands goes on. */
  close: () => void
}

export interface SessionEvents {
  message: (message: string) => void
  /** The worker has ended, or hears no more. */
  closed: () => void
}

export type OpenSession = (events: SessionEvents) => DebugSession
