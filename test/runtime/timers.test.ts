/** The timers of one process: whoever is due is woken once, in order, and never too many at the same time. */
import { expect, test, vi } from 'vitest'
import { dueTimes } from '../../src/platform/node/due.ts'
import { MOST_AWAKE, processTimers } from '../../src/platform/node/timers.ts'

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
const until = async (holds: () => boolean) => {
  const deadline = Date.now() + 10_000
  while (!holds() && Date.now() < deadline) await turn()
  expect(holds()).toBe(true)
}

test('wakes as many as may be awake, and the rest as those come to an end', async () => {
  const woken: string[] = []
  const sleepers: (() => void)[] = []
  const { timers, stop } = processTimers(Date.now, (id) => {
    woken.push(id)
    return new Promise((resolve) => sleepers.push(resolve))
  })
  const ids = Array.from({ length: MOST_AWAKE + 100 }, (_, index) => `task_${index}`)
  for (const [index, id] of ids.entries()) timers.set(id, index + 1)
  await until(() => woken.length === MOST_AWAKE)
  await turn()
  expect(woken).toEqual(ids.slice(0, MOST_AWAKE))
  sleepers.shift()!()
  await until(() => woken.length === MOST_AWAKE + 1)
  for (const end of sleepers) end()
  await until(() => woken.length === ids.length)
  expect(woken).toEqual(ids)
  for (const end of sleepers) end()
  await stop(10_000)
})

test('wakes a task that was set again at its new time only, and one that was taken back never', async () => {
  let now = 0
  const woken: string[] = []
  const { timers, stop } = processTimers(
    () => now,
    async (id) => {
      woken.push(`${id} at ${now}`)
    },
  )
  timers.set('later', 10)
  timers.set('never', 10)
  timers.set('later', 30)
  timers.set('never', null)
  timers.set('soon', 20)
  for (now = 5; now <= 40; now += 5) {
    // Whoever sets a timer makes the clock be looked at.
    timers.set(`tick-${now}`, now)
    await until(() => woken.includes(`tick-${now} at ${now}`))
  }
  expect(woken.filter((each) => !each.startsWith('tick'))).toEqual(['soon at 20', 'later at 30'])
  await stop(0)
})

test.each([
  ['another time', (turn: number) => (turn % 2 === 0 ? 1_000_000 : 900_000)],
  ['no time', (turn: number) => (turn % 2 === 0 ? null : 900_000)],
])('forgets old places of what is set for %s again and again, and nothing else', (_, at) => {
  const due = dueTimes()
  const take = (now: number) => {
    const taken: string[] = []
    for (let id = due.take(now); id !== null; id = due.take(now)) taken.push(id)
    return taken
  }
  const others = Array.from({ length: 50 }, (_, index) => `task_${index}`)
  for (const [index, id] of others.entries()) due.set(id, 1000 + index)
  for (let turn = 0; turn < 5000; turn++) due.set('webhooks', at(turn))
  expect(due.size()).toBeLessThan(1200)
  expect(take(2000)).toEqual(others)
  expect(due.next()).toBe(900_000)
  expect(take(950_000)).toEqual(['webhooks'])
  expect(take(2_000_000)).toEqual([])
})

test('wakes all that wait once the clock is set back by more than a minute: what they wait for may never come', async () => {
  let now = 7_200_000
  const woken: string[] = []
  const { timers, stop } = processTimers(
    () => now,
    async (id) => {
      woken.push(id)
    },
  )
  timers.set('first', now)
  timers.set('later', now + 5000)
  await until(() => woken.includes('first'))
  now -= 30_000
  timers.set('tick', now)
  await until(() => woken.includes('tick'))
  await turn()
  expect(woken).not.toContain('later')
  now = 0
  timers.set('tock', now)
  await until(() => woken.includes('later'))
  await stop(0)
})

test('wakes those of one moment in the order in which they were set, also who is set again for it', async () => {
  const woken: string[] = []
  const { timers, stop } = processTimers(
    () => 10,
    async (id) => {
      woken.push(id)
    },
    1,
  )
  const ids = Array.from({ length: 50 }, (_, index) => `task_${index}`)
  for (const id of ids) timers.set(id, 10)
  await until(() => woken.length === ids.length)
  expect(woken).toEqual(ids)
  await stop(0)
})

test('sees within a minute that the clock was set, or that the machine slept', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let now = 0
  const woken: string[] = []
  const { timers, stop } = processTimers(
    () => now,
    async (id) => {
      woken.push(id)
    },
  )
  const DAY = 86_400_000
  timers.set('tomorrow', DAY)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(woken).toEqual([])
  now = DAY
  await vi.advanceTimersByTimeAsync(60_000)
  expect(woken).toEqual(['tomorrow'])
  vi.useRealTimers()
  await stop(0)
})
