/** How often one task may be read. A sandbox runs for long: only the windows of the tasks read last are remembered. */
import type { Rate } from '../contract/adapter.ts'
import { rateWindows } from '../engine/limits.ts'
import type { Clock } from '../engine/ports.ts'

/** More tasks than anybody reads within one window. */
const REMEMBERED = 1000

/** @param scale multiplies the windows, as that of all others */
export const readWindows = (clock: Clock, scale: number) => {
  const windows = new Map<string, ReturnType<typeof rateWindows>>()
  return {
    /** Takes a place in the window of a task: 0, or milliseconds to wait for one. */
    take: (task: string, rate: Rate | undefined): number => {
      const own = windows.get(task) ?? rateWindows(clock, scale)
      // Moved to the end: the first one is the one that was read longest ago.
      windows.delete(task)
      windows.set(task, own)
      if (windows.size > REMEMBERED) windows.delete(windows.keys().next().value!)
      return own.take(task, rate)
    },
  }
}
