/** The data folder: of one process at a time, and its files for nobody but the user it runs as. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const LOCK = 'tutti.lock'
/** Whoever was killed a moment ago may not be quite gone. */
const PATIENCE = 1_000
const BUSY = 5

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

export const makeFolder = (dataDir: string): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
}

/**
 * Makes a database file that its user alone reads and writes, and makes an old one so. SQLite gives its log the same mode.
 * A file that is there is never opened: closing it again would drop the locks that SQLite holds on it in this process.
 */
export const makePrivate = (file: string): void => {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  for (const each of [file, `${file}-wal`, `${file}-shm`])
    try {
      chmodSync(each, 0o600)
    } catch (error) {
      // Of another user, who lets us write: that is how it was set up.
      if (!['ENOENT', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error
    }
}

/**
 * Takes the folder until it is given back, or until the process ends, however it ends: the kernel holds the lock. Two
 * that share a folder would each take what the other is sending for the work of a process that died.
 * @returns gives the folder back. Whoever drops it unused loses the lock to the garbage collector
 * @throws Error that names the folder, where another process has it
 */
export const takeFolder = (dataDir: string): (() => void) => {
  makeFolder(dataDir)
  const file = join(dataDir, LOCK)
  makePrivate(file)
  const lock = new DatabaseSync(file, { timeout: PATIENCE })
  try {
    // Nothing is ever written to it: no journal is left beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== BUSY)
      throw new Error(`${file} cannot be locked: ${(error as Error).message}`)
    throw new Error(
      `The data folder ${dataDir} is in use by another Tutti that runs: nothing was changed. Stop that one first, or give this one a folder of its own with TUTTI_DATA_DIR`,
    )
  }
  return () => lock.close()
}
