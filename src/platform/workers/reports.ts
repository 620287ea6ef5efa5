/** What an object has to tell others of its changes: stored with each change, told in order, and again until it was heard. */
import type { NewEvent } from '../../engine/events.ts'
import type { Changes } from '../../engine/hub.ts'
import { taskOfOwn } from '../../engine/ids.ts'
import type { Timers } from '../../engine/ports.ts'
import type { TaskState } from '../../engine/state.ts'
import type { Report } from './apis.ts'
import { backlog, type Waiting } from './backlog.ts'
import { log } from './log.ts'
import { healthOf, limitsOf, taskAt, webhooksOf } from './objects.ts'
import type { Env } from './settings.ts'
import type { Rows } from './sql.ts'
import { type Listed, listing } from './task-index.ts'

/** The name of its timer. */
export const REPORT = 'reports'

/** When it is tried again, in milliseconds: the later the longer it was in vain, and not all objects at once. */
const [SOONEST, LATEST] = [5_000, 1_800_000]
export const pauseAfter = (milliseconds: number): number =>
  Math.min(Math.max(SOONEST, milliseconds / 4), LATEST) * (1 + Math.random() / 4)

/** What lists are to know of a report. */
const listedOf = (report: Report): Listed =>
  'gone' in report
    ? { gone: report.gone }
    : report.after === null
      ? { gone: report.before!.id }
      : { task: report.after, events: report.events }

/** What limits and the standing of providers go by: where a track is, or a stage, they need not hear. */
const essenceOf = (task: TaskState | null): string =>
  task === null ? '' : JSON.stringify([task.status, task.next, task.stage === 'reconciling', task.attempts])
const isWeighty = (report: Report): boolean => 'gone' in report || essenceOf(report.before) !== essenceOf(report.after)
const isStep = (report: Report): boolean =>
  'after' in report && report.before?.kind === 'work' && report.after?.kind === 'work'
const isOver = (report: Report): boolean => 'gone' in report || report.after === null
/**
 * Those that are told together. That a task is gone is told by itself: with it goes what tells that the changes before were heard,
 * and whoever has to hear all of them again would take them for new.
 */
const together = (waiting: readonly Waiting[]): readonly Waiting[] => {
  const end = waiting.findIndex(({ report }) => isOver(report))
  return end < 0 ? waiting : waiting.slice(0, Math.max(end, 1))
}
/** What somebody may be told of. */
const isNews = (report: Report): boolean => 'gone' in report || report.events.length > 0

/** Work that is under way once: who asks for it meanwhile may need more than it has seen, and has it done once more. */
const alone = (work: () => Promise<void>): (() => Promise<void>) => {
  let going: Promise<void> | null = null
  return async () => {
    if (going !== null) await going.catch(() => undefined)
    going ??= work().finally(() => {
      going = null
    })
    return going
  }
}

/**
 * @param isHere whether a task lives in this object
 * @param region where this object is
 * @param calm hears that all was told
 */
export const reporter = (
  env: Env,
  rows: Rows,
  timers: Timers,
  isHere: (task: string) => boolean,
  region: string,
  calm: () => void,
) => {
  const index = listing(env)

  /** Tasks about something that another object has made: it keeps a copy. */
  const tellSubject = async (report: Report): Promise<void> => {
    const { id, subject } = 'gone' in report ? { ...report, id: report.gone } : (report.after ?? report.before!)
    if (subject === null || isHere(taskOfOwn(subject))) return
    await taskAt(env, subject).keepCopy(id, 'gone' in report ? null : report.after)
  }

  /** Who has to hear. Each hears at its own pace: nobody misses anything because another can not be reached. */
  const listeners = {
    limits: async (reports: readonly Report[]): Promise<void> => {
      const weighty = reports.filter(isWeighty)
      if (weighty.length > 0) await limitsOf(env).report(weighty)
    },
    health: async (reports: readonly Report[]): Promise<void> => {
      const steps = reports.filter((each) => isWeighty(each) && isStep(each))
      // Nothing of it is stored: it is no reason to tell it again.
      if (steps.length > 0)
        await healthOf(env, region)
          .report(steps)
          .catch(() => undefined)
    },
    webhooks: async (reports: readonly Report[]): Promise<void> => {
      const news = reports.filter(isNews)
      if (news.length > 0) await webhooksOf(env).report(news)
    },
    lists: (reports: readonly Report[]): Promise<void> => index.feed(reports.map(listedOf)),
    /** One after the other: what is gone does not come back. */
    subjects: async (reports: readonly Report[]): Promise<void> => {
      for (const report of reports) await tellSubject(report)
    },
  }
  const names = Object.keys(listeners) as (keyof typeof listeners)[]
  const waiting = backlog(rows, names)

  const tellers = names.map((name) =>
    alone(async () => {
      for (;;) {
        const next = together(waiting.next(name))
        if (next.length === 0) return
        const over = isOver(next[0]!.report)
        if (over) waiting.keep()
        try {
          await listeners[name](next.map(({ report }) => report))
        } catch (error) {
          waiting.keep()
          throw error
        }
        waiting.pass(name, next.at(-1)!.place)
        // Heard once more after the next of its name was, an end would be taken for the end of that.
        if (over) waiting.keep()
      }
    }),
  )

  /** Once nothing waits, neither does a time that a failure has set. One that is due was set for what is being stored. */
  const settled = () => {
    if (waiting.isEmpty() && rows.read('SELECT 1 FROM timers WHERE name = ? AND at > ?', REPORT, Date.now()).length > 0)
      timers.set(REPORT, null)
    calm()
  }

  /** Tells everybody of all that is stored by now. @returns who could not hear it, and why */
  const tellAll = async (): Promise<readonly { readonly name: string; readonly why: Error }[]> => {
    const said = await Promise.allSettled(tellers.map((tell) => tell()))
    const deaf = said.flatMap((each, index) =>
      each.status === 'rejected' ? [{ name: names[index]!, why: each.reason as Error }] : [],
    )
    if (deaf.length === 0) settled()
    return deaf
  }

  /** Resolves once all that is stored by now was heard. */
  const told = async (): Promise<void> => {
    const [first] = await tellAll()
    if (first !== undefined) throw first.why
  }

  /** The same, and what is not heard is told again by its timer: nothing depends on lists, which may be away for long. */
  const retold = async (): Promise<void> => {
    const deaf = await tellAll()
    if (deaf.length === 0) return
    for (const { name, why } of deaf) log('warn', 'reports.unheard', { by: name, message: why.message })
    const now = Date.now()
    const since = deaf.every(({ name }) => name === 'lists') ? (waiting.oldest() ?? now) : now
    timers.set(REPORT, now + pauseAfter(now - since))
  }

  const flush = (): void => {
    retold().catch((error) => log('error', 'reports.unheard', { message: (error as Error).message }))
  }

  /** What a task that is about to be deleted is about: the copy there goes as well. */
  const subjectOf = (id: string): string | null =>
    (rows.read('SELECT subject FROM tasks WHERE id = ?', id)[0]?.subject as string | null | undefined) ?? null

  const changes: Changes = {
    begin: () => () => undefined,
    of: (before, after, events) => [waiting.add({ before, after, events })],
    stored: flush,
    adopt: () => undefined,
    gone: (id) => {
      timers.set(REPORT, Date.now())
      return [waiting.add({ gone: id, subject: subjectOf(id) })]
    },
  }

  return {
    changes,
    told,
    retold,
    flush,
    /** Tells of a task once more: for lists that were lost. */
    again: async (task: TaskState | null): Promise<boolean> => {
      if (task === null) return false
      const events = rows.read('SELECT seq, type FROM events WHERE task = ? ORDER BY seq', task.id)
      await index.feed([{ task, events: events as unknown as NewEvent[] }])
      return true
    },
    /** Nothing is left here of a task that was deleted long ago: nor are its places in the feed. */
    forgotten: (id: string): Promise<void> => index.feed([{ forgotten: id }]),
  }
}

export type Reporter = ReturnType<typeof reporter>
