/** The engine through 20,000 tasks in a world in which everything goes wrong, and bugs that have to be noticed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BUGS } from '../simulator/bugs.ts'
import { mutated } from '../simulator/plant.ts'
import { recorded } from '../simulator/record.ts'
import { simulate } from '../simulator/simulate.ts'

const TASKS = 20_000
const SEEDS = 540
const PER_SEED = 40
const MINUTE = 60_000
const threads = Math.min(2, availableParallelism())

describe('the simulator', () => {
  it(`breaks no promise over ${TASKS} tasks`, { timeout: 5 * MINUTE }, async () => {
    const { seeds, figures, faults, unseen, failures } = await simulate({
      name: 'ci',
      seeds: SEEDS,
      tasks: PER_SEED,
      threads,
    })
    expect(failures).toEqual([])
    expect(seeds).toBe(SEEDS)
    expect(figures.tasks).toBeGreaterThanOrEqual(TASKS)
    expect(faults.size).toBeGreaterThanOrEqual(40)
    expect(unseen).toEqual([])
  })

  it('says the same of the same seed', { timeout: MINUTE }, async () => {
    const once = () => simulate({ name: 'again', seeds: 3, tasks: PER_SEED, threads: 1 })
    const [first, second] = await Promise.all([once(), once()])
    expect(second.figures).toEqual(first.figures)
    expect([...second.faults]).toEqual([...first.faults])
  })

  it('goes on with a long run where it was stopped, and with no other', { timeout: MINUTE }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-record-'))
    const run = (seeds: number, name = 'long') =>
      recorded(join(dir, 'record.json'), { name, seeds, tasks: 5, threads: 1 }, () => {})
    try {
      expect((await run(2)).seeds).toBe(2)
      const { seeds, figures, faults } = await run(4)
      const whole = await simulate({ name: 'long', seeds: 4, tasks: 5, threads: 1 })
      expect(seeds).toBe(4)
      expect(figures).toEqual(whole.figures)
      expect(Object.fromEntries(faults)).toEqual(Object.fromEntries(whole.faults))
      await expect(run(5, 'another')).rejects.toThrow('is of another seed')
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it.each([
    'a paid request is repeated after a time-out',
    'a restart sends again what was being sent',
    'a callback is believed',
    'a late result is dropped',
    'the Idempotency-Key is ignored',
    'lyrics of which nobody knows are bought again without a key',
  ])('notices that %s', { timeout: 2 * MINUTE }, async (bug) => {
    const hunted = await simulate({ name: 'ci', seeds: 60, tasks: PER_SEED, threads: 1, bug, hunting: true })
    expect(hunted.failures).toHaveLength(1)
  })

  it.each(BUGS.map((bug) => [bug.name, bug] as const))('still can be given the bug that %s', (_, bug) => {
    expect(mutated(bug).size).toBeGreaterThan(0)
  })

  it('says of a bug that can not be planted which snippet is gone', () => {
    const gone = { name: 'gone', edits: [['core', 'what is not there', '']] } as const
    expect(() => mutated(gone)).toThrow('src/engine/core.ts holds this 0 times, not once: what is not there')
    const many = { name: 'many', edits: [['core', 'task', '']] } as const
    expect(() => mutated(many)).toThrow('not once')
  })
})
