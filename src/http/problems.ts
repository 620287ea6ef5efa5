/** Errors as RFC 9457 problem details: the only place that renders one. */
import type { Context } from 'hono'
import type * as z from 'zod'
import type { FieldError, Problem } from '../canonical/error.ts'
import type { FieldCode } from '../canonical/field-codes.ts'
import { GatewayError } from '../engine/errors.ts'
import { policy } from '../engine/policy.ts'
import { respond } from './respond.ts'

/** Where each code is described. */
export const errorPage = (code: string) => `/errors/${code}`

/** JSON Pointer (RFC 6901) of a path. */
export const pointerOf = (path: readonly PropertyKey[]) =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const said = (message: string) => message.replace(/^(Invalid input|Invalid option): /, '')

/** What stands at a path of what was sent; undefined where nothing does. */
const valueAt = (sent: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as keyof typeof at] : undefined,
    sent,
  )

/** Whether one of several objects is wanted, and something else was sent. */
const isNoObject = (issue: z.core.$ZodIssue, value: unknown) =>
  issue.code === 'invalid_union' && issue.errors.length > 0 && (typeof value !== 'object' || value === null)

const issueCode = (issue: z.core.$ZodIssue, sent: unknown): FieldCode => {
  const value = valueAt(sent, issue.path)
  const isValue = issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
  if (isValue && value === undefined) return 'required'
  if (issue.code === 'invalid_type' || isNoObject(issue, value)) return 'wrong_type'
  if (issue.code === 'invalid_value') return issue.path.at(-1) === 'model' ? 'model_unknown' : 'value_unknown'
  if (issue.code === 'invalid_format' && issue.pattern === BLANK) return 'text_empty'
  if (issue.code === 'invalid_union') return 'value_unknown'
  // The only bound that zod has no word for is the number of keys.
  return issue.code === 'too_small' || issue.code === 'invalid_format' ? issue.code : 'too_big'
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

/** What may stand there, where that is a list. */
const choices = (issue: z.core.$ZodIssue): string | null => {
  if (issue.code === 'invalid_value') return listed(issue.values)
  if (issue.code !== 'invalid_union') return null
  return 'options' in issue && Array.isArray(issue.options) ? listed(issue.options) : said(issue.message)
}

const issueDetail = (issue: z.core.$ZodIssue, code: FieldCode): string => {
  const chosen = choices(issue)
  if (code === 'required') return chosen === null ? 'is required' : `is required, and ${chosen}`
  if (issue.code === 'too_big' || issue.code === 'too_small') return bound(issue)
  return chosen ?? said(issue.message)
}

const entryOf = (issue: z.core.$ZodIssue, sent: unknown): FieldError => {
  const code = issueCode(issue, sent)
  return { pointer: pointerOf(issue.path), code, detail: issueDetail(issue, code) }
}

/** One entry for each faulty place of what was sent. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[], sent: unknown): FieldError[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointerOf([...issue.path, key]),
          code: 'unknown_field',
          detail: `There is no field ${key} here: leave it out`,
        }))
      : [entryOf(issue, sent)],
  )

export const validationFailed = (issues: readonly z.core.$ZodIssue[], sent: unknown): GatewayError => {
  const errors = fieldErrors(issues, sent)
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
    // What may have been charged is repeated where that buys nothing more: with the key that came along, or as is said.
    'tutti-should-retry': String(
      problem.retryable &&
        (!problem.may_have_been_charged ||
          error.involved.retryable === true ||
          c.req.header('idempotency-key') !== undefined),
    ),
  }
  if (problem.provider) headers['tutti-provider'] = problem.provider
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfter)))
  if (error.involved.link) headers.link = `<${error.involved.link}>; rel="create-form"`
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer'
  return respond(c, JSON.stringify(problem), problem.status, headers)
}
