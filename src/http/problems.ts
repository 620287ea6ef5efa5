/** Errors as RFC 9457 problem details: the only place that renders one. */
import type { Context } from 'hono'
import type * as z from 'zod'
import type { FieldError, Problem } from '../canonical/error.ts'
import { GatewayError } from '../engine/errors.ts'
import { policy } from '../engine/policy.ts'
import { respond } from './respond.ts'

/** Where each code is described. */
export const errorPage = (code: string) => `/errors/${code}`

/** JSON Pointer (RFC 6901) of a path. */
export const pointerOf = (path: readonly PropertyKey[]) =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const said = (message: string) => message.replace(/^(Invalid input|Invalid option): /, '')

const issueCode = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return issue.message.endsWith('received undefined') ? 'required' : 'wrong_type'
  if (issue.code === 'invalid_value') {
    if (issue.path.at(-1) === 'model') return 'model_unknown'
    return issue.message.endsWith('received undefined') ? 'required' : 'value_unknown'
  }
  if (issue.code === 'invalid_format' && issue.pattern === BLANK) return 'text_empty'
  if (issue.code === 'invalid_union') return 'value_unknown'
  // The only bound that zod has no word for: the number of keys.
  return issue.code === 'custom' ? 'too_big' : issue.code
}

/** The pattern of a text that says something. */
const BLANK = String(/\S/u)

const listed = (values: readonly unknown[]) =>
  `must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`

/** A bound in words: `must be at most 1`, `must not be empty`. */
const bound = (issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string => {
  const things = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : ''
  return issue.code === 'too_big'
    ? `must be at most ${issue.maximum}${things}`
    : `must be at least ${issue.minimum}${things}`
}

const issueDetail = (issue: z.core.$ZodIssue): string => {
  if (issueCode(issue) === 'required') return 'is required'
  if (issue.code === 'invalid_value') return listed(issue.values)
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) return listed(issue.options)
  if (issue.code === 'too_big' || issue.code === 'too_small') return bound(issue)
  return said(issue.message)
}

/** One entry for each faulty place of a request. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointerOf([...issue.path, key]),
          code: 'unknown_field',
          detail: `There is no field ${key} here: leave it out`,
        }))
      : [{ pointer: pointerOf(issue.path), code: issueCode(issue), detail: issueDetail(issue) }],
  )

export const validationFailed = (issues: readonly z.core.$ZodIssue[]): GatewayError => {
  const errors = fieldErrors(issues)
  const first = errors[0]!
  return new GatewayError('validation_failed', `${first.pointer || 'The body'}: ${first.detail}`, { errors })
}

/** The body of an error. */
export const problemOf = (error: GatewayError, request_id: string): Problem => {
  const { http, title, again, charged } = policy[error.code]
  const { provider, provider_code, provider_message, task_id, errors, may_have_been_charged, retryable } =
    error.involved
  return {
    type: errorPage(error.code),
    title,
    status: http,
    detail: error.message,
    instance: `/v1/requests/${request_id}`,
    code: error.code,
    retryable: retryable ?? again === 'later',
    may_have_been_charged: may_have_been_charged ?? charged === 'unknown',
    request_id,
    provider,
    provider_code,
    provider_message,
    task_id,
    errors,
  }
}

/** Answers an error, with the headers that go with it. */
export const answerProblem = (
  c: Context,
  error: GatewayError,
  request_id: string,
  others: Record<string, string> = {},
): Response => {
  const problem = problemOf(error, request_id)
  const headers: Record<string, string> = {
    ...others,
    'content-type': 'application/problem+json',
    'tutti-should-retry': String(problem.retryable && !problem.may_have_been_charged),
  }
  if (problem.provider) headers['tutti-provider'] = problem.provider
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfter)))
  if (error.involved.link) headers.link = `<${error.involved.link}>; rel="create-form"`
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer'
  return respond(c, JSON.stringify(problem), problem.status, headers)
}
