// One table of errors a folder: a stable code, a message that names the culprit, a hint with the remedy, a status.
// Who is at fault picks the status: caller 4xx, service 502, away 503, slow 504, us 500.

/** An error that a person will read. `code` is stable (docs/errors.md), `hint` is what to do, `status` an HTTP status. */
export class WattError extends Error {
  override readonly name = 'WattError'
  readonly code: string
  readonly status: number
  readonly hint: string

  constructor (code: string, status: number, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.hint = hint
  }

  toJSON (): { code: string, message: string, hint: string } {
    return { code: this.code, message: this.message, hint: this.hint }
  }
}

export interface ErrorRow { status: number, message: (...args: never[]) => string, hint: string }

type Make<Row extends ErrorRow> = (...args: Parameters<Row['message']>) => WattError

/** Turns rows into constructors: `errors.WATT_X(args of its message)` makes the error. Keep the cause with `withCause`. */
export function errorTable<Rows extends Record<string, ErrorRow>> (rows: Rows): { [Code in keyof Rows]: Make<Rows[Code]> } & { rows: Rows } {
  const made = Object.entries(rows).map(([code, { status, message, hint }]) =>
    [code, (...args: never[]) => new WattError(code, status, message(...args), hint)])
  return Object.assign(Object.fromEntries(made), { rows })
}

/** The same error with what caused it. */
export function withCause (error: WattError, cause: unknown): WattError {
  return new WattError(error.code, error.status, error.message, error.hint, cause)
}

/** The message of whatever was thrown. */
export function messageOf (thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
