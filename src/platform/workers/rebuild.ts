/** Lists that were lost are made again: every task that the limits object knows of tells them of itself once more, a few at a time. */
import type { Sql } from '../../engine/ports.ts'
import { taskAt } from './objects.ts'
import type { Env } from './settings.ts'
import type { TaskApi } from './task-object.ts'

/** In one request. Each costs two or three requests to objects, and the platform counts them. */
const FEW = 100
/** At the same time: events stand in the order in which they are told. */
const TOGETHER = 5

export interface Rebuilt {
  readonly listed: number
  /** Where the next request goes on; null after the last. */
  readonly next: number | null
}

/** A call about a track lives with the track. */
const relist = async (env: Env, id: string): Promise<boolean> => {
  const named = taskAt<TaskApi>(env, id)
  if (await named.relist(id)) return true
  const home = await named.elsewhere(id)
  return home !== null && taskAt<TaskApi>(env, home).relist(id)
}

export const rebuildLists =
  (env: Env, read: Sql['read']) =>
  async (after: number): Promise<Rebuilt> => {
    const rows = await read('SELECT rowid AS place, id FROM tasks WHERE rowid > ? ORDER BY rowid LIMIT ?', [after, FEW])
    let listed = 0
    for (let from = 0; from < rows.length; from += TOGETHER) {
      const told = await Promise.all(rows.slice(from, from + TOGETHER).map(({ id }) => relist(env, id as string)))
      listed += told.filter(Boolean).length
    }
    return { listed, next: rows.length < FEW ? null : (rows.at(-1)!.place as number) }
  }
