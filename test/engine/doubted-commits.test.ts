/** Commits that were stored and reported as failed: what was stored is taken up at once, not at the next start. */
import { describe, expect, it } from 'vitest'
import { finishedSong, MINUTE, openWorld, SONG } from './world.ts'

const only = { routing: { provider: 'echo' } } as const

describe('a commit that was stored and reported as failed', () => {
  it('of a new task is an accepted task, and it is carried out', async () => {
    const world = openWorld()
    world.doubtCommits(1)
    const { id } = await world.create(only)
    await world.advance(5 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'succeeded' })
    expect(world.count('echo submit')).toBe(1)
  })

  it('of a new task counts as one of the queue once', async () => {
    const world = openWorld({ settings: { queueLimit: 1, paused: true } })
    world.doubtCommits(1)
    await world.create(only, 'k')
    await expect(world.create(only)).rejects.toMatchObject({ code: 'concurrency_limited' })
  })

  it('of an intent is an intent: the request is sent, once', async () => {
    const world = openWorld()
    const { id } = await world.create(only)
    await world.settle()
    world.doubtCommits(1)
    await world.advance(5 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
    expect(world.count('echo submit')).toBe(1)
  })

  it('of the intent of a call does not keep every later one out', async () => {
    const world = openWorld()
    const { tracks } = await finishedSong(world, only)
    world.doubtCommits(1)
    const caller = { project: 'default', idempotencyKey: 'k' }
    const { lyrics } = await world.engine.alignLyrics(caller, tracks[0]!, 0)
    expect(lyrics.track_id).toBe(tracks[0])
    expect(world.count('echo words')).toBe(1)
  })

  it('that was really refused is a refusal', async () => {
    const world = openWorld()
    world.refuseCommits(1)
    await expect(world.create({ ...SONG, ...only }, 'k')).rejects.toThrow('disk full')
    await world.advance(MINUTE)
    expect(world.sent).toEqual([])
    expect(await world.create({ ...SONG, ...only }, 'k')).toMatchObject({ status: 'queued' })
  })
})
