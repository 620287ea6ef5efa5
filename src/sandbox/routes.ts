/** The routes of a simulated upstream: every form its adapter has, and which of them takes a request. */
import { Validator } from '@cfworker/json-schema'
import * as z from 'zod'
import type { Adapter } from '../contract/adapter.ts'
import type { Mirror } from '../contract/mirror.ts'
import { CALL_FORMS, type CallForm, TASK_FORMS, type TaskForm } from '../contract/operations.ts'
import type { AnyCall } from './replies.ts'

interface Served {
  readonly call: AnyCall
  readonly validator: Validator
}
export type Route = Served &
  ({ readonly form: TaskForm; readonly step: 'submit' | 'poll' } | { readonly form: CallForm; readonly step: 'call' })

const served = (call: AnyCall, schema: object): Served => ({ call, validator: new Validator(schema, '2020-12', false) })

/** A form whose wire schemas are not written yet is not served. */
export const routesOf = ({ operations }: Adapter, mirror: Mirror): readonly Route[] => [
  ...TASK_FORMS.flatMap((form): Route[] => {
    const [binding, material] = [operations[form], mirror[form]]
    if (binding === undefined || material === undefined) return []
    return [
      { form, step: 'submit', ...served(binding.submit, material.submit) },
      { form, step: 'poll', ...served(binding.poll, material.poll) },
    ]
  }),
  ...CALL_FORMS.flatMap((form): Route[] => {
    const [binding, material] = [operations[form], mirror[form]]
    if (binding === undefined || material === undefined) return []
    return [{ form, step: 'call', ...served(binding.call, material.call) }]
  }),
]

export type Taken = { readonly route: Route; readonly request: unknown } | { readonly because: string }

/** The first route whose schema holds and whose table can read what was sent. */
export const taking = (routes: readonly Route[], sent: unknown): Taken => {
  const reasons: string[] = []
  for (const route of routes) {
    const checked = route.validator.validate(sent)
    const decoded = z.safeDecode(route.call.request, sent)
    if (checked.valid && decoded.success) return { route, request: decoded.data }
    reasons.push(`${route.form}.${route.step}: ${checked.errors[0]?.error ?? decoded.error?.issues[0]?.message}`)
  }
  return { because: reasons.join(' | ') }
}
