// Which characters may stand where in the head of a message, as tables by code: one look-up a character. Pure.

function tableOf (allowed: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => allowed.test(String.fromCharCode(code)) ? 1 : 0)
}

/** Methods and names of fields (RFC 9110 §5.6.2). */
export const tokenCodes = tableOf(/[!#$%&'*+\-.^_`|~\dA-Za-z]/)
/** Values of fields (RFC 9110 §5.5): no control character but the tab. */
export const valueCodes = tableOf(/[\t\x20-\x7e\x80-\xff]/)
/** Request targets (RFC 9112 §3.2): what stands between two spaces. */
export const targetCodes = tableOf(/[\x21-\x7e]/)

export const codes = { tab: 9, lf: 10, cr: 13, space: 32, colon: 58 } as const
