/** What is counted of tasks and providers: read off every step that was stored, and looked up when it is asked for. */
import { HealthState } from '../canonical/words.ts'
import type { CreditBook } from './credits.ts'
import type { Meter } from './meter.ts'
import type { Access } from './ports.ts'
import { currentAttempt, ended, type WorkTask } from './state.ts'
import type { Reader } from './store.ts'
import type { Watch } from './watch.ts'

/** Counts a step of a task once it is stored. */
export const taskFigures =
  (meter: Meter) =>
  (before: WorkTask, after: WorkTask): void => {
    const { operation } = after
    const [was, is] = [before.attempts[after.attempts.length - 1], currentAttempt(after)]
    if (was?.state === 'sending' && is !== undefined && is.state !== 'sending') {
      const { provider, state } = is
      meter.count('tutti_attempts_total', { provider, operation, outcome: state })
      meter.observe('tutti_submit_seconds', { provider }, (is.updated_at - is.created_at) / 1000)
    }
    if (!ended(after) || ended(before)) return
    meter.count('tutti_tasks_ended_total', { operation, status: after.status })
    if (after.accepted_at !== null && is !== undefined)
      meter.observe(
        'tutti_render_seconds',
        { provider: is.provider, operation },
        (after.updated_at - after.accepted_at) / 1000,
      )
  }

export const queueFigures = (meter: Meter, read: Pick<Reader, 'reconciling'>, queued: () => number): void =>
  meter.gauge(async () => [
    ['tutti_tasks_queued', {}, queued()],
    ['tutti_outcomes_unknown', {}, await read.reconciling()],
  ])

export const providerFigures = (
  meter: Meter,
  { watch, book }: { watch: Watch; book: CreditBook },
  all: readonly Access[],
): void => {
  const asked = all.flatMap((access) => access.credentials.map((credential) => ({ access, credential })))
  meter.gauge(() =>
    asked.flatMap((each) => {
      const labels = { provider: each.access.adapter.id, credential: each.credential.id }
      const { state } = watch.standing(each, 'creates')
      const left = book.last(each.credential.id)
      return [
        ...HealthState.options.map(
          (name) => ['tutti_provider_state', { ...labels, state: name }, Number(name === state)] as const,
        ),
        ...(left === null ? [] : [['tutti_provider_credits', labels, left] as const]),
      ]
    }),
  )
}
