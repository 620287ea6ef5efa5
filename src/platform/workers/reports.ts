/** What an object has to tell others of its changes: stored with each change, told in order, and again until it was heard. */
import type { NewEvent } from '../../engine/events.ts'
import type { Changes } from '../../engine/hub.ts'
import { taskOfOwn } from '../../engine/ids.ts'
import type { Statement, Timers } from '../../engine/ports.ts'
import type { TaskState } from '../../engine/state.ts'
import type { Report } from './apis.ts'
import { healthOf, limitsOf, taskAt, webhooksOf } from './objects.ts'
import type { Env } from './settings.ts'
import type { Rows } from './sql.ts'
import { type Listed, listing } from './task-index.ts'

/** The name of its timer. */
export const REPORT = 'reports'

/** Where they wait. */
export const REPORTS = 'CREATE TABLE IF NOT EXISTS reports (place INTEGER PRIMARY KEY, body TEXT NOT NULL)'
/** Told at once. */
const BATCH = 20
/** When it is tried again, in milliseconds. */
const AGAIN = 5_000

const insert = (report: Report): Statement => ({
  sql: 'INSERT INTO reports (body) VALUES (?)',
  params: [JSON.stringify(report)],
})

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
/**
 * Those that are told together. That a task is gone is told by itself: with it goes what tells that the changes before were heard,
 * and whoever has to hear all of them again would take them for new.
 */
const together = (reports: readonly Report[]): readonly Report[] => {
  const end = reports.findIndex((report) => 'gone' in report)
  return end < 0 ? reports : reports.slice(0, Math.max(end, 1))
}
/** What somebody may be told of. */
const isNews = (report: Report): boolean => 'gone' in report || report.events.length > 0

/**
 * @param isHere whether a task lives in this object
 * @param region where this object is
 */
export const reporter = (env: Env, rows: Rows, timers: Timers, isHere: (task: string) => boolean, region: string) => {
  const index = listing(env)

  /** Tasks about something that another object has made: it keeps a copy. */
  const tellSubject = async (report: Report): Promise<void> => {
    const { id, subject } = 'gone' in report ? { ...report, id: report.gone } : (report.after ?? report.before!)
    if (subject === null || isHere(taskOfOwn(subject))) return
    await taskAt(env, subject).keepCopy(id, 'gone' in report ? null : report.after)
  }

  /** One after the other: what is gone does not come back. */
  const tellSubjects = async (reports: readonly Report[]): Promise<void> => {
    for (const report of reports) await tellSubject(report)
  }

  const tellAll = async (): Promise<void> => {
    for (;;) {
      const waiting = rows.read('SELECT place, body FROM reports ORDER BY place LIMIT ?', BATCH)
      if (waiting.length === 0) return
      const reports = together(waiting.map(({ body }) => JSON.parse(body as string) as Report))
      const weighty = reports.filter(isWeighty)
      const [steps, news] = [weighty.filter(isStep), reports.filter(isNews)]
      await Promise.all([
        weighty.length > 0 && limitsOf(env).report(weighty),
        // Nothing of it is stored: it is no reason to tell all others again.
        steps.length > 0 &&
          healthOf(env, region)
            .report(steps)
            .catch(() => undefined),
        news.length > 0 && webhooksOf(env).report(news),
        index.feed(reports.map(listedOf)),
        tellSubjects(reports),
      ])
      rows.write('DELETE FROM reports WHERE place <= ?', waiting[reports.length - 1]!.place!)
    }
  }

  let telling: Promise<void> | null = null
  /** Resolves once all that is stored by now was heard. */
  const told = async (): Promise<void> => {
    // Whoever tells at the moment may have begun before the last was stored.
    if (telling !== null) await telling.catch(() => undefined)
    telling ??= tellAll().finally(() => {
      telling = null
    })
    return telling
  }

  const flush = (): void => {
    told().catch(() => timers.set(REPORT, Date.now() + AGAIN))
  }

  /** What a task that is about to be deleted is about: the copy there goes as well. */
  const subjectOf = (id: string): string | null =>
    (rows.read('SELECT subject FROM tasks WHERE id = ?', id)[0]?.subject as string | null | undefined) ?? null

  const changes: Changes = {
    begin: () => () => undefined,
    of: (before, after, events) => [insert({ before, after, events })],
    stored: flush,
    adopt: () => undefined,
    gone: (id) => {
      timers.set(REPORT, Date.now())
      return [insert({ gone: id, subject: subjectOf(id) })]
    },
  }

  return {
    changes,
    told,
    flush,
    /** Tells of a task once more: for lists that were lost. */
    again: async (task: TaskState | null): Promise<boolean> => {
      if (task === null) return false
      const events = rows.read('SELECT seq, type FROM events WHERE task = ? ORDER BY seq', task.id)
      await index.feed([{ task, events: events as unknown as NewEvent[] }])
      return true
    },
  }
}

export type Reporter = ReturnType<typeof reporter>
