/** What waits to be told: reports in order, and how far each of those who are to hear of them has come. */
import type { Statement } from '../../engine/ports.ts'
import type { Report } from './apis.ts'
import type { Rows } from './sql.ts'

/** Where they wait. */
export const REPORTS = 'CREATE TABLE IF NOT EXISTS reports (place INTEGER PRIMARY KEY, body TEXT NOT NULL)'
/** Told at once. */
const BATCH = 20
/** Where is kept how far each has come, as long as that differs: before all reports, and in the form of one that says nothing. */
const MARKS = 0

export interface Waiting {
  readonly place: number
  readonly report: Report
}

export const backlog = <Name extends string>(rows: Rows, names: readonly Name[]) => {
  const [row] = rows.read('SELECT body FROM reports WHERE place = ?', MARKS)
  let kept = (row?.body as string | undefined) ?? null
  const before: { readonly [N in Name]?: number } = kept === null ? {} : JSON.parse(kept).heard
  const heard = new Map<Name, number>(names.map((name) => [name, before[name] ?? 0]))
  const least = () => Math.min(...heard.values())
  /** All up to here are gone. */
  let gone = least()

  const isEmpty = (): boolean => rows.read('SELECT 1 FROM reports WHERE place > ? LIMIT 1', MARKS).length === 0

  /** Places begin anew once there is nothing left. */
  const begin = () => {
    gone = MARKS
    for (const name of names) heard.set(name, MARKS)
    if (kept !== null) rows.write('DELETE FROM reports WHERE place = ?', MARKS)
    kept = null
  }

  return {
    add: (report: Report): Statement => ({
      sql: 'INSERT INTO reports (body) VALUES (?)',
      params: [JSON.stringify({ since: Date.now(), ...report })],
    }),

    isEmpty,

    /** Since when the oldest waits; null where none does. */
    oldest: (): number | null => {
      const [first] = rows.read('SELECT body FROM reports WHERE place > ? ORDER BY place LIMIT 1', MARKS)
      return first === undefined ? null : (JSON.parse(first.body as string).since ?? 0)
    },

    /** The next that one of them has to hear. */
    next: (name: Name): Waiting[] =>
      rows
        .read('SELECT place, body FROM reports WHERE place > ? ORDER BY place LIMIT ?', heard.get(name)!, BATCH)
        .map(({ place, body }) => {
          const { since: _, ...report } = JSON.parse(body as string) as Report & { since: number }
          return { place: place as number, report: report as Report }
        }),

    /** One of them has heard all up to a place. What all have heard goes. */
    pass: (name: Name, place: number): void => {
      heard.set(name, place)
      if (least() === gone) return
      gone = least()
      rows.write('DELETE FROM reports WHERE place > ? AND place <= ?', MARKS, gone)
      if (isEmpty()) begin()
    },

    /** Writes down how far each has come, where that differs. Told from the beginning, some would hear again what they know. */
    keep: (): void => {
      if (Math.max(...heard.values()) === gone) return
      const body = JSON.stringify({ gone: '', subject: null, heard: Object.fromEntries(heard) })
      if (body === kept) return
      rows.write('INSERT OR REPLACE INTO reports (place, body) VALUES (?, ?)', MARKS, body)
      kept = body
    },
  }
}
