/** How often a task may be read, in a sandbox that runs for long. */
import { expect, it } from 'vitest'
import { readWindows } from '../../src/sandbox/reads.ts'

const RATE = { count: 1, seconds: 1 }

it('is counted for each task, and what was read longest ago is forgotten', () => {
  const { take } = readWindows(() => 0, 1)
  expect([take('first', RATE), take('first', RATE), take('second', RATE)]).toEqual([0, 1000, 0])
  for (let task = 0; task < 999; task++) take(`${task}`, RATE)
  expect([take('second', RATE), take('first', RATE)]).toEqual([1000, 0])
})
