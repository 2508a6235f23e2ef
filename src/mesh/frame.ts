// What two threads say to each other: a message is a batch, a batch is a flat array of frames, a frame is its kind, its
// exchange and a fixed number of fields. No object a frame: structured clone costs by the object.

import { type Loan } from './slots.ts'

/** Bytes under way. Short ones as a latin1 string, which clones faster than an ArrayBuffer is made; long ones transferred. */
export type Chunk = string | Uint8Array
/** What `data` brings: a chunk, or where it lies in memory that both share (slots.ts). */
export type Field = number | string | Uint8Array | string[] | SharedArrayBuffer | Loan | null
export type Batch = Field[]

/** Up to this many bytes go as a string. */
export const stringLimitBytes = 16_384

export const hello = 0
export const goaway = 1
export const bye = 2
/** method, path, headers, body or null, flags, remote address or '' */
export const request = 3
export const data = 4
/** trailers or null */
export const end = 5
/** The caller gave up, or the service cut its response. */
export const cut = 6
/** Bytes that the reader has room for, on top of what it had. */
export const credit = 7
/** status, message, headers */
export const information = 8
/** status, message, headers, body or null, flags */
export const response = 9
/** status, message, headers: from here `data` goes both ways, and `end` is a half-close */
export const upgraded = 10
/** Memory in which the other side's `data` may lie from now on (slots.ts). */
export const lends = 11

/** Fields of each kind, kind and exchange included. */
export const lengths: readonly number[] = [2, 2, 2, 8, 3, 3, 2, 3, 5, 7, 5, 3]

/** Flag: `data` and `end` follow. */
export const streams = 1
/** Flag of a request: it asks for an upgrade. */
export const upgrades = 2
/** Flag of a request: its caller has counted it among those of the worker (loads.ts). */
export const counted = 4
/** Flag of a request: it was under way in a worker that ended. */
export const suspected = 8

/** Where the frame after the one at `at` begins; -1 for what is no whole frame. */
export function after (batch: Batch, at: number): number {
  const kind = batch[at]
  const length = typeof kind === 'number' ? lengths[kind] : undefined
  return length === undefined || at + length > batch.length ? -1 : at + length
}

/** Bytes as they will travel. The caller's memory is copied, never transferred: a transfer would detach it. */
export function pack (bytes: Uint8Array, transfers: ArrayBuffer[]): Chunk {
  if (bytes.byteLength <= stringLimitBytes) {
    return Buffer.isBuffer(bytes) ? bytes.toString('latin1') : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
  const own = new Uint8Array(bytes)
  transfers.push(own.buffer)
  return own
}

/** Text as it will travel: what is ASCII is already latin1. */
export function packText (text: string, encoding: BufferEncoding | undefined, transfers: ArrayBuffer[]): Chunk {
  const isUtf8 = encoding === undefined || encoding === 'utf8' || encoding === 'utf-8'
  if (isUtf8 && text.length <= stringLimitBytes && Buffer.byteLength(text) === text.length) return text
  return pack(Buffer.from(text, encoding), transfers)
}

export function unpack (chunk: Chunk): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

export function sizeOf (chunk: Chunk): number {
  return typeof chunk === 'string' ? chunk.length : chunk.byteLength
}
