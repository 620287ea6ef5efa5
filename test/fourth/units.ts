/** aria counts in whole percents and in milliseconds: aria.md 2. */
import * as z from 'zod'

const FINE = 1e6

const toSeconds = (ms: number) => Math.round(ms * FINE) / (FINE * 1000)
const toMs = (seconds: number) => Math.round(seconds * FINE * 1000) / FINE

export const milliseconds = z.codec(z.number(), z.number(), { decode: toSeconds, encode: toMs })

/** Nothing until it is known. */
export const length = z.codec(z.number().nullish(), z.number().nullable(), {
  decode: (ms) => (ms == null ? null : toSeconds(ms)),
  encode: (seconds) => (seconds === null ? null : toMs(seconds)),
})

export const percent = z.codec(z.number(), z.number(), {
  decode: (whole) => whole / 100,
  encode: (part) => Math.round(part * 100),
})
