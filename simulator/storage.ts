/** The disk: the real SQL over SQLite, with commits that take time, fail, lie, or are the last thing a process does. */
import { GatewayError } from '../src/engine/errors.ts'
import { CONFLICT, type Row, type Sql, type Statement, type Value } from '../src/engine/ports.ts'
import { ended, type TaskState } from '../src/engine/state.ts'
import type { Agenda } from './agenda.ts'
import type { Faults, Kind, Write } from './faults.ts'
import type { Random } from './random.ts'

/** What a commit does to a task. `after` is null where it is forgotten. */
export interface Change {
  readonly before: TaskState | null
  readonly after: TaskState | null
  readonly write: Write | null
}

/** SQLite with the schema in it, as a runtime has it. */
export interface Database {
  readonly read: (sql: string, params: readonly Value[]) => readonly Row[]
  /** @returns how many rows it changed */
  readonly run: (sql: string, params: readonly Value[]) => number
  /** All of it or nothing. */
  readonly together: (work: () => void) => void
  readonly close: () => void
}

interface Parts {
  readonly database: Database
  readonly agenda: Agenda
  readonly random: Random
  readonly faults: Faults
  readonly committed: (change: Change) => void
  readonly crash: (why: string) => void
  /** Nothing of a commit was stored. */
  readonly refused: () => void
}

/** A process as its storage and its network see it. */
export interface Alive {
  yes: boolean
  /** While it takes up its tasks after a start. */
  recovering: boolean
}

const forever = <Result>() => new Promise<Result>(() => {})
const refusal = (what: string) => new GatewayError('storage_unavailable', `Nothing was stored: ${what}`)

const writeOf = (before: TaskState | null, after: TaskState | null, deletes: boolean): Write | null => {
  if (deletes) return 'deletion'
  if (after === null) return 'call result'
  if (after.kind === 'call') return after.status === 'running' ? 'call intent' : 'call result'
  if (before === null) return 'create'
  const [was, is] = [before.attempts.at(-1)?.state, after.attempts.at(-1)?.state]
  if (after.attempts.length > before.attempts.length) return 'intent'
  if (was === 'sending' && is === 'accepted') return 'accepted'
  if (was === 'sending' && is === 'unknown') return 'parked'
  if (was === 'unknown' && is === 'accepted') return 'adopted'
  if (ended(after)) return 'end'
  return was === 'sending' ? 'refused' : 'news'
}

export type Storage = ReturnType<typeof storage>

export const storage = ({ database, agenda, random, faults, committed, crash, refused }: Parts) => {
  /** Tasks as they are stored. */
  const kept = new Map<string, TaskState>()
  /** Tasks as they were when they were deleted. */
  const buried = new Map<string, TaskState>()

  const run = ({ sql, params, changes }: Statement) => {
    const changed = database.run(sql, params)
    if (changes !== undefined && changed !== changes) throw new Error(CONFLICT)
  }

  /** One commit, whole or not at all. */
  const store = (statements: readonly Statement[]) => database.together(() => statements.forEach(run))

  const changesOf = (statements: readonly Statement[]): Change[] => {
    const deletes = statements.some(({ sql }) => sql.startsWith('INSERT INTO tombstones'))
    return statements.flatMap(({ sql, params }) => {
      if (!/^(INSERT INTO|UPDATE|DELETE FROM) tasks\b/.test(sql)) return []
      const id = params.find((each) => typeof each === 'string' && each.startsWith('task_')) as string
      const body = params.find((each) => typeof each === 'string' && each.startsWith('{"kind"')) as string | undefined
      const after = body === undefined ? null : (JSON.parse(body) as TaskState)
      const before = kept.get(id) ?? null
      return [{ before, after, write: writeOf(before, after, deletes) }]
    })
  }

  const keep = (changes: readonly Change[]) => {
    for (const change of changes) {
      if (change.write === 'deletion' && change.before !== null) buried.set(change.before.id, change.before)
      if (change.after === null) kept.delete(change.before?.id ?? '')
      else kept.set(change.after.id, change.after)
      committed(change)
    }
  }

  const crashes = (side: 'before' | 'after', changes: readonly Change[], recovering: boolean): boolean => {
    const write = changes[0]?.write
    if (write == null || !faults.hit('crash', `${side} ${write}` as Kind<'crash'>)) return false
    if (recovering) faults.count('run', 'crash while recovering')
    crash(`${side} ${write}`)
    return true
  }

  const carryOut = (statements: readonly Statement[], alive: Alive): 'gone' | undefined => {
    const changes = changesOf(statements)
    if (crashes('before', changes, alive.recovering)) return 'gone'
    if (faults.hit('commit', 'refused')) {
      refused()
      throw refusal('the disk is full')
    }
    store(statements)
    keep(changes)
    if (crashes('after', changes, alive.recovering)) return 'gone'
    if (faults.hit('commit', 'stored but reported failed')) throw refusal('input/output error')
    return undefined
  }

  const commit = (statements: readonly Statement[], alive: Alive): Promise<void> =>
    new Promise((resolve, reject) => {
      const pause = faults.hit('commit', 'slow') ? random.between(100, 20_000) : random.between(0, 4)
      agenda.after(pause, () => {
        // What was not committed when its process died is gone with it.
        if (!alive.yes) return
        try {
          if (carryOut(statements, alive) === undefined) resolve()
        } catch (error) {
          reject(error)
        }
      })
    })

  return {
    kept: kept as ReadonlyMap<string, TaskState>,
    buried: buried as ReadonlyMap<string, TaskState>,
    rows: (sql: string): readonly Row[] => database.read(sql, []),
    port: (alive: Alive): Sql => ({
      read: (sql, params) => (alive.yes ? database.read(sql, params) : forever()),
      commit: (statements) => (alive.yes ? commit(statements, alive) : forever()),
    }),
    close: database.close,
  }
}
