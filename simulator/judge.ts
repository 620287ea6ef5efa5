/** Where a broken promise is said: the first one counts, with the moment it was seen. */
import type { Agenda } from './agenda.ts'

export type Judge = ReturnType<typeof judge>

export const judge = (agenda: Agenda, trace: ((line: string) => void) | null) => {
  let first: string | null = null
  const complain = (what: string): void => {
    first ??= `at ${agenda.now()} ms: ${what}`
    trace?.(`${agenda.now()} !! ${what}`)
  }
  return {
    complain,
    expect: (holds: boolean, what: () => string): void => {
      if (!holds) complain(what())
    },
    note: (what: () => string): void => {
      trace?.(`${agenda.now()} ${what()}`)
    },
    complaint: (): string | null => first,
  }
}
