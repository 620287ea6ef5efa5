/** Standing: how the providers do, which of them is asked, and what came of it. */
import { type Admission, admissions, type Steps } from './admit.ts'
import { creditBook } from './credits.ts'
import { finder } from './finder.ts'
import type { Hub, Said } from './hub.ts'
import { providerFigures, taskFigures } from './measured.ts'
import type { Meter } from './meter.ts'
import type { World } from './ports.ts'
import type { Pin, TaskState, WorkTask } from './state.ts'
import { strategies } from './strategy.ts'
import { watcher } from './watch.ts'
import type { ProviderNews } from './webhooks/provider-news.ts'

/**
 * @param changed hears of every key of a provider that does better or worse
 * @param region where that is seen from; null where there is one place only
 */
export const createStanding = (
  world: World,
  meter: Meter,
  changed: (news: ProviderNews) => void,
  region: string | null,
) => {
  const { access, settings } = world
  const find = finder(access)
  const watch = watcher(world, ({ access: { adapter }, credential }, was, { state, why }) => {
    changed({ region, provider: adapter.id, credential: credential.id, state, was: was.state, why })
  })
  const book = creditBook(world, watch)
  const admitting = admissions(world, watch, book)
  const counted = taskFigures(meter)
  providerFigures(meter, { watch, book }, access)

  return {
    watch,
    book,
    strategies: strategies(settings, watch, book),

    /** Whom a task is sent to now: where somebody is, the request counts as begun. */
    *admit(task: WorkTask): Steps<Admission> {
      const admitted = yield* admitting.admit(task)
      if (admitted.kind === 'go') watch.begin(find(admitted.candidate)!, 'creates')
      return admitted
    },
    refusePinned: admitting.refusePinned,
    begin: (pin: Pin, credits: number | null) => admitting.begin(find(pin)!, credits),
    done: (pin: Pin, { kind, outcome, credits }: Said): boolean => {
      const asked = find(pin)!
      watch.done(asked, kind, outcome, credits)
      if (kind === 'creates' && outcome?.class === 'accepted') book.spend(asked.credential.id, credits)
      return watch.mayRetry(pin.provider)
    },
    reads: {
      pause: watch.pause,
      begin: (asked) => watch.begin(asked, 'reads'),
      read: watch.read,
    } satisfies Hub['reads'],

    /** A change of a task is stored. */
    stored: (before: TaskState | null, after: TaskState | null): void => {
      if (before?.kind !== 'work' || after?.kind !== 'work') return
      watch.noticed(before, after)
      counted(before, after)
    },
  }
}

export type Standing = ReturnType<typeof createStanding>
