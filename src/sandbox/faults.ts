/**
 * What can be made to go wrong at a simulated upstream, one at a time, for so many requests or until told otherwise. Of
 * callbacks those of one task count as one; connections that are refused are not counted.
 */
import type { Mirror } from '../contract/mirror.ts'

export const FAULTS = {
  refused: 'refuses connections: nothing is sent',
  broken: 'answers 502 with a page after it read the request',
  silent: 'reads the request and never answers',
  slow: 'answers after two seconds',
  answer_lost: 'does what it is asked, and cuts the connection before it says so',
  malformed: 'does what it is asked, and answers half a JSON text',
  no_credits: 'has no credits',
  rate_limited: 'takes no more requests for now',
  maintenance: 'is in maintenance',
  unauthorized: 'refuses the key',
  server_error: 'fails while it takes the request',
  fails: 'accepts, then fails',
  fails_half: 'accepts, finishes the first of two songs, then fails',
  fails_refunded: 'accepts, then fails and pays back',
  fails_content: 'accepts, then refuses the content',
  not_ready: 'says that the alignment is still being processed',
  callback_lost: 'sends no callbacks',
  callback_duplicated: 'sends every callback twice',
  callback_reordered: 'sends its callbacks last first',
} as const
export type Fault = keyof typeof FAULTS

/** Faults that are told in words which not every provider has. */
const WORDS: { readonly [F in Fault]?: (mirror: Mirror) => unknown } = {
  maintenance: ({ generateMusic }) => generateMusic.replies.maintenance,
  fails_refunded: ({ generateMusic }) => generateMusic.replies.failed_refunded,
  not_ready: ({ alignLyrics }) => alignLyrics.replies.not_ready,
}
/** The faults that a provider has words for. */
export const faultsOf = (mirror: Mirror): readonly Fault[] =>
  (Object.keys(FAULTS) as Fault[]).filter((fault) => WORDS[fault] === undefined || WORDS[fault](mirror) !== undefined)

export interface Switch {
  /** The fault that is on, or null; takes one of its counted requests. */
  readonly take: (only: readonly Fault[]) => Fault | null
  /** The fault that is on, without counting. */
  readonly on: () => Fault | null
  readonly set: (fault: Fault | null, count: number | null) => void
  readonly quirk: () => string | null
  readonly setQuirk: (quirk: string | null) => void
}

export const faultSwitch = (): Switch => {
  let fault: Fault | null = null
  let left: number | null = null
  let quirk: string | null = null
  return {
    on: () => fault,
    take: (only) => {
      if (fault === null || !only.includes(fault)) return null
      const taken = fault
      if (left !== null) {
        left -= 1
        if (left === 0) fault = null
      }
      return taken
    },
    set: (next, count) => {
      fault = next
      left = count
    },
    quirk: () => quirk,
    setQuirk: (next) => {
      quirk = next
    },
  }
}
