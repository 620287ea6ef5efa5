/** Spans: begun under a W3C trace context, and handed on once they have ended. */
import type { Facts, Tracer } from '../engine/ports.ts'

/** Of which traces spans are kept, where nobody upstream has decided: all, none or a part of them. */
export interface Sampling {
  /** Whether the caller's decision counts. */
  readonly byParent: boolean
  /** From 0 to 1. */
  readonly ratio: number
}

export interface EndedSpan {
  readonly trace: string
  readonly id: string
  readonly parent: string | null
  readonly name: string
  readonly kind: 'server' | 'client'
  /** Milliseconds since the epoch, with fractions. */
  readonly begun: number
  readonly ended: number
  readonly facts: Facts
  readonly failed: boolean
}

interface Context {
  readonly trace: string
  readonly span: string
  readonly sampled: boolean
}

/** `traceparent` of W3C Trace Context, version 00 and those after it; null for everything else. */
export const readTraceparent = (header: string | null | undefined): Context | null => {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header ?? '')
  if (match === null) return null
  const [, version, trace, span, flags, rest] = match as unknown as readonly string[]
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null
  if (/^0+$/.test(trace!) || /^0+$/.test(span!)) return null
  return { trace: trace!, span: span!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 }
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The last seven bytes of a trace id are random: a share of all of them is kept, the same one everywhere. */
const kept = (trace: string, ratio: number) => Number.parseInt(trace.slice(-13), 16) < ratio * 16 ** 13

/** @param now milliseconds since the epoch */
export const createTracer = (
  bytes: (count: number) => Uint8Array,
  now: () => number,
  { byParent, ratio }: Sampling,
  keep: (span: EndedSpan) => void,
): Tracer => ({
  begin: (name, kind, traceparent, facts) => {
    const above = readTraceparent(traceparent)
    const trace = above?.trace ?? hex(bytes(16))
    const sampled = byParent && above !== null ? above.sampled : kept(trace, ratio)
    const id = hex(bytes(8))
    const begun = now()
    return {
      context: `00-${trace}-${id}-${sampled ? '01' : '00'}`,
      end: (more, failed) => {
        if (!sampled) return
        const parent = above?.span ?? null
        keep({ trace, id, parent, name, kind, begun, ended: now(), facts: { ...facts, ...more }, failed })
      },
    }
  },
})
