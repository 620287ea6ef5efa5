/** Songs from acceptance to their end: timers, idempotency, limits, and that every task ends. */
import { describe, expect, it } from 'vitest'
import {
  answer,
  DAY,
  finishedSong,
  held,
  MINUTE,
  no,
  ok,
  openWorld,
  record,
  type Scripted,
  SECOND,
  SONG,
  type TestWorld,
} from './world.ts'

const only = { routing: { provider: 'echo' } }
const two = { routing: { provider: 'echo-two' } }
const stageNames = (task: { stages: readonly { stage: string }[] }) => task.stages.map(({ stage }) => stage)
const untilEnd = async (world: TestWorld, id: string) => {
  for (let minutes = 0; minutes < 600; minutes++) {
    const task = await world.task(id)
    if (task.status === 'succeeded' || task.status === 'failed') return { task, minutes }
    await world.advance(MINUTE)
  }
  throw new Error('the task never ended')
}

describe('a song', () => {
  it('is accepted, submitted, polled and ended by timers alone', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh, record.text, record.half, record.done] } })
    const created = await world.create(only)
    expect(created).toMatchObject({ status: 'queued', stage: 'accepted', seq: 1, provider: null })
    await world.advance(2 * MINUTE)
    const task = await world.task(created.id)
    expect(task).toMatchObject({
      status: 'succeeded',
      provider: 'echo',
      model: 'v5',
      seq: 7,
      billing: { charged: 'yes', credits: 10, usd: 0.1 },
    })
    expect(stageNames(task)).toEqual(['accepted', 'submitting', 'submitted', 'text_ready', 'first_ready', 'complete'])
    expect(task.tracks.map(({ status, audio }) => [status, audio?.url])).toEqual([
      ['ready', 'https://x.test/a.mp3'],
      ['ready', 'https://x.test/b.mp3'],
    ])
    expect([world.count('echo submit'), world.count('echo poll')]).toEqual([1, 4])
    expect(world.sent.map(({ connection }) => connection)).toEqual(['fresh', 'pooled', 'pooled', 'pooled', 'pooled'])
    await world.advance(DAY)
    expect(world.sent.length).toBe(5)
  })

  it('is not known at the provider before it is stored as being sent', async () => {
    const world = openWorld({ script: { 'echo submit': [{ kind: 'held' }] } })
    const { id } = await world.create(only)
    await world.advance(SECOND)
    const [row] = world.rows('SELECT body FROM tasks WHERE id = ?', [id])
    expect(JSON.parse(row!.body as string)).toMatchObject({ stage: 'submitting', attempts: [{ state: 'sending' }] })
    expect(row!.body).not.toContain(world.callbackOf().token.split('.')[2])
    await world.release(ok({ job: 'job-1' }))
    expect((await world.task(id)).stage).toBe('submitted')
  })

  it('can be waited for', async () => {
    const world = openWorld()
    const caller = { project: 'default', idempotencyKey: null }
    const waiting = world.engine.generateMusic(caller, SONG, MINUTE)
    const short = world.engine.generateMusic(caller, SONG, SECOND)
    await world.advance(MINUTE)
    expect((await waiting).ended).toBe(true)
    expect((await short).ended).toBe(false)
  })

  it('is read until its seq changes by whoever waits, without a call of a provider', async () => {
    const world = openWorld()
    const { id } = await world.create(only)
    const waiting = world.engine.getTask('default', id, MINUTE)
    await world.advance(SECOND)
    expect((await waiting).task.stage).toBe('submitted')
    expect(world.count('echo poll')).toBe(0)
  })

  it('keeps its answer when storage fails for a while', async () => {
    const world = openWorld({ script: { 'echo submit': [{ kind: 'held' }] } })
    const { id } = await world.create(only)
    await world.advance(SECOND)
    world.refuseCommits(3)
    await world.release(ok({ job: 'job-1' }))
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    expect(world.count('echo submit')).toBe(1)
  })

  it('belongs to its project', async () => {
    const world = openWorld()
    const { task, tracks } = await finishedSong(world)
    await expect(world.task(task.id, 'other')).rejects.toMatchObject({ code: 'not_found' })
    await expect(world.engine.getTrack('other', tracks[0]!)).rejects.toMatchObject({ code: 'not_found' })
    expect((await world.engine.listTasks('other', {})).data).toEqual([])
    expect((await world.engine.getTrack('default', tracks[1]!)).index).toBe(1)
  })
})

describe('an Idempotency-Key', () => {
  const create = (world: TestWorld, key: string, request: object = SONG, project = 'default') =>
    world.engine.generateMusic({ project, idempotencyKey: key }, request as never, 0)

  it('makes one task, and says that it did so before', async () => {
    const world = openWorld()
    const first = await create(world, 'k')
    await world.advance(MINUTE)
    const again = await create(world, 'k')
    expect([first.replayed, again.replayed, again.task.id === first.task.id, again.ended]).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(world.count('echo submit')).toBe(1)
  })

  it('makes one task and one submission of fifty creates at once', async () => {
    const world = openWorld()
    const all = await Promise.all(Array.from({ length: 50 }, () => create(world, 'k')))
    expect(new Set(all.map(({ task }) => task.id)).size).toBe(1)
    expect(all.filter(({ replayed }) => !replayed).length).toBe(1)
    await world.advance(MINUTE)
    expect(world.count('echo submit')).toBe(1)
  })

  it('makes one task of creates before and after a restart', async () => {
    const world = openWorld()
    const first = await create(world, 'k')
    await world.restart()
    expect(await create(world, 'k')).toMatchObject({ replayed: true, task: { id: first.task.id } })
    await world.advance(MINUTE)
    expect(world.count('echo submit')).toBe(1)
  })

  it('takes no other body, and the same body in any order', async () => {
    const world = openWorld()
    await create(world, 'k')
    await expect(create(world, 'k', { ...SONG, title: 'Other' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    const { replayed } = await create(world, 'k', Object.fromEntries(Object.entries(SONG).reverse()))
    expect(replayed).toBe(true)
  })

  it('ends after thirty days', async () => {
    const world = openWorld()
    await create(world, 'k')
    await world.advance(30 * DAY)
    expect((await create(world, 'k')).replayed).toBe(true)
    await world.advance(1)
    await expect(create(world, 'k')).rejects.toMatchObject({ code: 'idempotency_key_expired' })
  })

  it('belongs to a project', async () => {
    const world = openWorld()
    const first = await create(world, 'k')
    const other = await create(world, 'k', SONG, 'other')
    expect([other.replayed, other.task.id === first.task.id]).toEqual([false, false])
  })
})

describe('admission', () => {
  it('refuses what the queue has no place for, and creates nothing', async () => {
    const world = openWorld({ settings: { queueLimit: 5, paused: true } })
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => world.create()))
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(5)
    await expect(world.create()).rejects.toMatchObject({ code: 'concurrency_limited', retryAfter: 10 })
    expect((await world.engine.listTasks('default', {})).data.length).toBe(5)
    expect((await world.create({}, null, 'other')).status).toBe('queued')
  })

  it('gives a place back once a task is submitted, and counts again after a restart', async () => {
    const world = openWorld({ settings: { queueLimit: 2 } })
    for (const key of ['a', 'b', 'a', 'b']) await world.create({}, key)
    await expect(world.create()).rejects.toMatchObject({ code: 'concurrency_limited' })
    await world.restart()
    await expect(world.create()).rejects.toMatchObject({ code: 'concurrency_limited' })
    await world.advance(SECOND)
    expect((await world.create()).status).toBe('queued')
  })

  it('accepts and keeps what is not submitted while paused', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { id } = await world.create()
    await world.advance(DAY)
    await world.restart()
    await world.advance(DAY)
    expect([world.sent.length, (await world.task(id)).status]).toEqual([0, 'queued'])
    await world.restart({ settings: { paused: false } })
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
  })

  it('submits never more than the published window allows', async () => {
    const world = openWorld()
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await world.create(only)).id))
    await world.advance(3 * MINUTE)
    const times = world.timesOf('echo submit')
    expect(times.length).toBe(20)
    for (const [index, time] of times.entries())
      if (index >= 3) expect(time - times[index - 3]!).toBeGreaterThanOrEqual(10_000)
    expect(times.at(-1)).toBeLessThan(70_000)
    for (const id of ids) expect((await world.task(id)).status).toBe('succeeded')
  })
})

describe('reading', () => {
  it('never polls a task faster than the provider allows, whoever rings', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    await world.create(only)
    await world.advance(SECOND)
    const { provider, token } = world.callbackOf()
    for (let second = 0; second < 120; second++) {
      await world.engine.ring(provider, token, { job: 'job-1', state: 'NEW' })
      await world.advance(SECOND)
    }
    const times = world.timesOf('echo poll')
    expect(times.length).toBeGreaterThan(8)
    for (const [index, time] of times.slice(1).entries()) expect(time - times[index]!).toBeGreaterThanOrEqual(8000)
  })

  it('backs off while reads fail and takes the song when they work again', async () => {
    const failing: Scripted[] = [
      no(500),
      no(429, 'slow', 0),
      no(777),
      answer('<html>', 502),
      { kind: 'lost', detail: 'x' },
    ]
    const world = openWorld({ script: { 'echo-two poll': [...failing, ...failing, record.done] } })
    const { id } = await world.create(two)
    const { task } = await untilEnd(world, id)
    expect(task.status).toBe('succeeded')
    const times = world.timesOf('echo-two poll')
    const pauses = times.slice(1).map((time, index) => time - times[index]!)
    expect(pauses.slice(0, 3).every((pause, index) => pause > 6000 * 1.4 ** index)).toBe(true)
    // The breaker of reads opens meanwhile, the third time for a minute or so.
    expect(Math.max(...pauses)).toBeLessThanOrEqual(75_000 + 33_000)
  })

  it.each(['http://x.test/a.mp3', 'javascript:alert(1)', 'file:///etc/passwd', 'a.mp3'])(
    'takes no track whose file is at %s, and reads again',
    async (place) => {
      const world = openWorld({ script: { 'echo poll': [record.doneAt(place), record.doneAt(place), record.done] } })
      const { id } = await world.create(only)
      await world.advance(10 * SECOND)
      expect(await world.task(id)).toMatchObject({ status: 'running', tracks: [] })
      const { task } = await untilEnd(world, id)
      expect(task.tracks.map(({ audio }) => audio?.url)).toEqual(['https://x.test/a.mp3', 'https://x.test/b.mp3'])
    },
  )

  it('submits once where the acceptance was stored and reported as not stored', async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { id } = await world.create(only)
    await world.settle()
    await world.advance(1)
    world.doubtCommits(1)
    await world.release(ok({ job: 'job-1' }))
    const { task } = await untilEnd(world, id)
    expect(task).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
    expect(world.count('echo submit')).toBe(1)
  })

  it('fails no task before its hard limit, and then says that it may have been charged', async () => {
    const world = openWorld({ script: { 'echo poll': [no(500, 'x', 7200)] } })
    const { id } = await world.create(only)
    await world.advance(59 * MINUTE)
    expect((await world.task(id)).status).toBe('running')
    await world.advance(2 * MINUTE)
    expect(await world.task(id)).toMatchObject({
      status: 'failed',
      error: { code: 'provider_timeout' },
      billing: { charged: 'unknown' },
    })
  })

  it('ends in time also where the reads of another have paused all of them for longer', async () => {
    const world = openWorld({ script: { 'echo poll': [no(429, 'x', 86_400)] } })
    await world.create(only)
    await world.advance(2 * MINUTE)
    const { id } = await world.create(only)
    await world.advance(62 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
  })

  it('has 31 tracks at most, each with an id, whatever a record holds', async () => {
    const { data } = JSON.parse(record.done.kind === 'answered' ? record.done.body : '')
    const parts = Array.from({ length: 40 }, (_, index) => ({ ...data.parts[0], key: `part-${index}` }))
    const world = openWorld({ script: { 'echo poll': [ok({ ...data, parts })] } })
    const { id } = await world.create(only)
    await world.advance(MINUTE)
    const { tracks } = await world.task(id)
    expect(tracks).toHaveLength(31)
    for (const track of tracks) expect(track.id).toMatch(/^track_[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  it.each([
    ['nothing new', record.fresh, 60],
    ['a state nobody knows', ok({ job: 'job-1', state: 'PERHAPS' }), 60],
    ['no such job', record.absent, 2],
    ['no data', ok(null), 2],
    ['one track for ever', record.half, 60],
  ])('ends a task whose record says %s, with what there is', async (_, said, least) => {
    const world = openWorld({ script: { 'echo poll': [said] } })
    const { id } = await world.create(only)
    const { task, minutes } = await untilEnd(world, id)
    const one = task.tracks.some(({ status }) => status === 'ready')
    expect([task.status, task.error?.code]).toEqual(one ? ['succeeded', undefined] : ['failed', 'provider_timeout'])
    expect(minutes).toBeGreaterThanOrEqual(least)
    expect(minutes).toBeLessThanOrEqual(least + 2)
    expect(task.tracks.filter(({ status }) => status !== 'ready' && status !== 'failed')).toEqual([])
  })

  it('goes on after a record was absent for a moment', async () => {
    const world = openWorld({ script: { 'echo poll': [record.absent, record.absent, record.fresh, record.done] } })
    const { id } = await world.create(only)
    expect((await untilEnd(world, id)).task.status).toBe('succeeded')
  })

  it.each([
    [record.broken(null, 'sorry'), 'generation_failed', 'unknown'],
    [record.broken(531, 'refunded'), 'generation_failed', 'refunded'],
    [record.broken(413, 'words'), 'content_rejected', 'unknown'],
    [record.broken(408, null), 'provider_timeout', 'unknown'],
    [record.broken(null, 'existing work found'), 'copyright_match', 'unknown'],
  ])('a failure at the provider keeps its words and what was charged', async (said, code, charged) => {
    const world = openWorld({ script: { 'echo poll': [said] } })
    const { id } = await world.create(only)
    const { task } = await untilEnd(world, id)
    expect(task).toMatchObject({ status: 'failed', error: { code, provider: 'echo' }, billing: { charged } })
    expect(world.count('echo-two submit')).toBe(0)
  })

  it('goes on at the right pace after a restart', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh, record.fresh, record.done] } })
    const { id } = await world.create(only)
    await world.advance(10 * SECOND)
    expect(await world.restart()).toBe(1)
    expect((await untilEnd(world, id)).task.status).toBe('succeeded')
    expect([world.count('echo submit'), world.count('echo poll')]).toEqual([1, 3])
  })

  it('ends a task whose key is gone', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const { id } = await world.create(only)
    await world.advance(10 * SECOND)
    await world.restart({ keys: { echo: [] } })
    expect((await untilEnd(world, id)).task.error?.code).toBe('provider_timeout')
  })
})

describe('lists', () => {
  it('show every task once, newest first, page by page', async () => {
    const world = openWorld({ settings: { paused: true } })
    for (let index = 0; index < 7; index++) {
      await world.create()
      if (index % 2 === 0) await world.advance(1)
    }
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await world.engine.listTasks('default', { limit: 3, cursor })
      ids.push(...page.data.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    const whole = (await world.engine.listTasks('default', {})).data
    expect(ids).toEqual(whole.map(({ id }) => id))
    expect(new Set(ids).size).toBe(7)
    expect(whole.map(({ created_at }) => created_at)).toEqual(
      whole
        .map(({ created_at }) => created_at)
        .sort()
        .reverse(),
    )
  })

  it('take no cursor that was not handed out', async () => {
    const world = openWorld()
    for (const cursor of ['', 'x', '!!', btoa('1 task_1'), btoa("1 ' OR 1=1")])
      await expect(world.engine.listTasks('default', { cursor })).rejects.toMatchObject({ code: 'validation_failed' })
  })
})
