/** One JSON line per event. What may be in it is decided by whoever logs: ids, codes, sizes, times. */
import type { Log } from '../engine/ports.ts'

export const jsonLog =
  (write: (line: string) => void, now: () => number): Log =>
  (level, event, facts) =>
    write(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...facts }))
