/** What every error of the gateway has to be, whoever caused it. */
import { expect } from 'vitest'
import { Problem } from '../../src/canonical/error.ts'

export interface Wanted {
  readonly status: number
  readonly code: string
  /** Places that `errors` has to name; others may be named too. */
  readonly pointers?: readonly string[]
  /** Codes of entries in `errors`, as far as they matter. */
  readonly entries?: readonly string[]
  readonly retryable?: boolean
  readonly charged?: boolean
  /** Whether a client may repeat by itself what may have been charged. */
  readonly repeatable?: boolean
}

/** Reads an error, having checked all that is true of any. */
export const problemIn = async (answer: Response, repeatable = false): Promise<Problem> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = Problem.parse(await answer.json())
  expect(problem.status).toBe(answer.status)
  expect(problem.type).toBe(`/errors/${problem.code}`)
  expect(problem.title).not.toBe('')
  expect(problem.detail).not.toBe('')
  expect(problem.request_id).toBe(answer.headers.get('request-id'))
  expect(answer.headers.get('tutti-should-retry')).toBe(
    String(problem.retryable && (!problem.may_have_been_charged || repeatable)),
  )
  for (const entry of problem.errors ?? []) expect(entry.detail).not.toMatch(/undefined|>=|<=/)
  return problem
}

/** Holds an answer against the error that it has to be. */
export const expectProblem = async (answer: Response, wanted: Wanted): Promise<Problem> => {
  const problem = await problemIn(answer, wanted.repeatable)
  expect({ status: problem.status, code: problem.code }).toEqual({ status: wanted.status, code: wanted.code })
  expect(problem.retryable).toBe(wanted.retryable ?? false)
  expect(problem.may_have_been_charged).toBe(wanted.charged ?? false)
  const pointers = problem.errors?.map(({ pointer }) => pointer)
  const entries = problem.errors?.map(({ code }) => code)
  if (wanted.pointers !== undefined) expect(pointers).toEqual(expect.arrayContaining([...wanted.pointers]))
  if (wanted.entries !== undefined) expect(entries).toEqual(expect.arrayContaining([...wanted.entries]))
  return problem
}
