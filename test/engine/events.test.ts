/** Events, streams of them, and tasks that are taken back. */
import { describe, expect, it } from 'vitest'
import { Event } from '../../src/canonical/event.ts'
import type { EventReader } from '../../src/engine/events.ts'
import { type Told, telling } from '../../src/engine/telling.ts'
import { DAY, held, lost, MINUTE, no, openWorld, record, SECOND, SONG, START, type TestWorld } from './world.ts'

const PROJECT = 'default'
const song = { model: 'auto' } as const
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type)
const told = (world: TestWorld, id: string) => world.engine.listTaskEvents(PROJECT, id)

describe('events of a task', () => {
  it('are told in order, without gaps, each with the task as it was', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh, record.text, record.half, record.done] } })
    const accepted = await world.create(song)
    const { id } = accepted
    await world.advance(10 * MINUTE)
    const events = await told(world, id)
    expect(events[0]!.data.task).toEqual(accepted)
    expect(typesOf(events)).toEqual([
      'task.queued',
      'task.submitted',
      'task.text_ready',
      'task.first_ready',
      'track.ready',
      'track.ready',
      'task.succeeded',
    ])
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(new Set(events.map((event) => event.id)).size).toBe(7)
    for (const event of events) expect(Event.parse(event)).toEqual(event)
    expect(events.map(({ data }) => data.task.stage)).toEqual([
      'accepted',
      'submitted',
      'text_ready',
      'first_ready',
      'first_ready',
      'complete',
      'complete',
    ])
    expect(events.at(-1)!.data.task).toEqual(await world.task(id))
  })

  it('are the same after a restart, and nobody else reads them', async () => {
    const world = openWorld()
    const { id } = await world.create(song)
    await world.advance(10 * MINUTE)
    const before = await told(world, id)
    await world.restart()
    expect(await told(world, id)).toEqual(before)
    await expect(world.engine.listTaskEvents('another', id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are stored with the change or not at all', async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { id } = await world.create(song)
    await world.advance(0)
    const stored = () => world.rows('SELECT seq FROM events WHERE task = ?', [id]).length
    expect([stored(), (await world.task(id)).seq]).toEqual([1, 1])
    await world.restart()
    await world.advance(DAY)
    const task = await world.task(id)
    expect([stored(), task.status]).toEqual([task.seq, 'failed'])
  })

  it('of all tasks are listed newest first, page by page', async () => {
    const world = openWorld()
    for (let index = 0; index < 3; index++) await world.create(song)
    await world.advance(10 * MINUTE)
    const all = await world.engine.listEvents(PROJECT, { limit: 100 })
    expect(all.has_more).toBe(false)
    const paged: Event[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await world.engine.listEvents(PROJECT, { limit: 4, cursor })
      paged.push(...page.data)
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    expect(paged).toEqual(all.data)
    expect(await world.engine.listEvents('another', {})).toEqual({ data: [], has_more: false, next_cursor: null })
    await expect(world.engine.listEvents(PROJECT, { cursor: 'x' })).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

/** Everything that is said on the line until it closes. */
const heard = async (line: Told): Promise<(Event | null)[]> => {
  const all: (Event | null)[] = []
  for await (const each of line) all.push(each)
  return all
}

describe('a stream of events', () => {
  it('tells a task as it goes on, with signs of life, and closes after its end', async () => {
    const world = openWorld({
      script: { 'echo poll': [record.fresh, record.fresh, record.fresh, record.fresh, record.done] },
    })
    const { id } = await world.create(song)
    const line = heard((await world.engine.followTask(PROJECT, id, null))!)
    await world.advance(4 * MINUTE)
    const all = await line
    expect(all.filter((each) => each !== null)).toEqual(await told(world, id))
    expect(all.filter((each) => each === null).length).toBeGreaterThan(1)
    expect(all.at(-1)?.type).toBe('task.succeeded')
  })

  it('goes on after the last event that the client has', async () => {
    const world = openWorld()
    const { id } = await world.create(song)
    await world.advance(10 * MINUTE)
    const events = await told(world, id)
    for (const [index, { id: last }] of events.slice(0, -1).entries())
      expect(await heard((await world.engine.followTask(PROJECT, id, last))!)).toEqual(events.slice(index + 1))
    expect(await world.engine.followTask(PROJECT, id, events.at(-1)!.id)).toBeNull()
  })

  it('begins after the last event there is, as long as another will come', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh, record.done] } })
    const { id } = await world.create(song)
    await world.settle()
    const last = (await told(world, id)).at(-1)!
    const line = heard((await world.engine.followTask(PROJECT, id, last.id))!)
    await world.advance(10 * MINUTE)
    expect((await line).filter((each) => each !== null)).toEqual((await told(world, id)).slice(last.seq))
    expect((await told(world, id)).length).toBeGreaterThan(last.seq)
  })

  it('of all tasks begins now, or after the last event', async () => {
    const world = openWorld()
    const { id: before } = await world.create(song)
    await world.advance(4 * MINUTE)
    const fresh = world.engine.followEvents(PROJECT, null).then(heard)
    const from = (await told(world, before))[1]!.id
    const late = world.engine.followEvents(PROJECT, from).then(heard)
    await world.settle()
    const { id: after } = await world.create(song)
    await world.advance(6 * MINUTE)
    const [old, own] = [await told(world, before), await told(world, after)]
    expect((await fresh).filter((each) => each !== null)).toEqual(own)
    expect((await late).filter((each) => each !== null)).toEqual([...old.slice(2), ...own])
  })

  it('of all tasks shows signs of life while they are looked at and say nothing new', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    for (let index = 0; index < 8; index++) {
      await world.create({ ...song, routing: { provider: 'echo' } })
      await world.advance(3 * SECOND)
    }
    const all: (Event | null)[] = []
    const line = await world.engine.followEvents(PROJECT, null)
    const reading = (async () => {
      for await (const each of line) all.push(each)
    })()
    await world.advance(2 * MINUTE)
    expect(all.filter((each) => each !== null)).toEqual([])
    expect(all.length).toBeGreaterThanOrEqual(7)
    world.engine.release()
    await reading
  })

  it.each([
    ['whoever wakes it for nothing', 0, 15 * SECOND],
    // What is left of the beat in which the clock was set back is not known.
    ['also where the clock is set back', 8 * 60 * MINUTE, 30 * SECOND],
  ])('shows signs of life, %s', async (_, back, longest) => {
    let [now, passed] = [START, 0]
    const read = { newest: async () => 0, before: async () => [], ofProject: async () => [] }
    const tasks = {
      released: () => passed > 4 * MINUTE,
      changed: async () => {},
      stirred: async (_project: string, _already: unknown, milliseconds: number) => {
        expect(milliseconds).toBeLessThanOrEqual(15 * SECOND)
        const slept = Math.min(milliseconds, 4 * SECOND)
        now += slept - (passed < MINUTE && passed + slept >= MINUTE ? back : 0)
        passed += slept
      },
    }
    const unasked = () => expect.unreachable()
    const told = telling(() => now, read as unknown as EventReader, tasks, unasked, unasked)
    const times = [0]
    for await (const each of await told.followAll(PROJECT, null)) {
      expect(each).toBeNull()
      times.push(passed)
    }
    for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBeLessThanOrEqual(longest)
    expect(times.length).toBeGreaterThan(14)
  })

  it('does not begin after an event of somebody else, or of none', async () => {
    const world = openWorld()
    const [one, two] = [await world.create(song), await world.create(song)]
    const [event] = await told(world, two.id)
    for (const last of [event!.id, `evt_${'0'.repeat(27)}`, 'evt_1', 'x'])
      await expect(world.engine.followTask(PROJECT, one.id, last)).rejects.toMatchObject({ code: 'validation_failed' })
    await expect(world.engine.followEvents('another', event!.id)).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('a task that is taken back', () => {
  const cancel = (world: TestWorld, id: string) => world.engine.cancelTask(PROJECT, id)

  it('before anything was sent is over, and nothing is ever sent', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { id } = await world.create(song)
    const { task } = await cancel(world, id)
    expect(task).toMatchObject({ status: 'canceled', error: null, billing: { charged: 'no' }, attempts: [] })
    expect((await cancel(world, id)).task).toEqual(task)
    await world.restart({ settings: { paused: false } })
    await world.advance(DAY)
    expect(world.sent).toEqual([])
    expect(typesOf(await told(world, id))).toEqual(['task.queued', 'task.canceled'])
  })

  it('while the next provider is being asked can not be', async () => {
    const world = openWorld({ script: { 'echo submit': [no(402)], 'echo-two submit': [held] } })
    const { id } = await world.create(song)
    await world.advance(0)
    expect(world.count('echo submit')).toBe(1)
    await expect(cancel(world, id)).rejects.toMatchObject({ code: 'not_cancelable' })
  })

  it.each([
    ['being sent', held],
    ['perhaps accepted', lost],
    ['accepted', undefined],
  ])('while it is %s goes on to its end', async (_, said) => {
    const world = openWorld({ script: said === undefined ? {} : { 'echo submit': [said] } })
    const { id } = await world.create(song)
    await world.advance(SECOND)
    const before = await world.task(id)
    await expect(cancel(world, id)).rejects.toMatchObject({ code: 'not_cancelable' })
    expect(await world.task(id)).toEqual(before)
  })

  it('after its end is what it was, and of another project is not there', async () => {
    const world = openWorld()
    const { id } = await world.create(song)
    await world.advance(10 * MINUTE)
    await expect(cancel(world, id)).rejects.toMatchObject({ code: 'not_cancelable' })
    await expect(world.engine.cancelTask('another', id)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a deadline', () => {
  const late = (world: TestWorld, milliseconds: number) =>
    world.engine.create(
      'generateMusic',
      { project: PROJECT, idempotencyKey: null },
      { ...SONG, ...song },
      null,
      0,
      milliseconds,
    )

  it('ends what no provider has by then', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { task } = await late(world, MINUTE)
    expect(task.deadline_at).toBe(new Date(world.now() + MINUTE).toISOString())
    await world.advance(MINUTE - 1)
    expect((await world.task(task.id)).status).toBe('queued')
    await world.advance(1)
    expect(await world.task(task.id)).toMatchObject({ status: 'canceled', error: { code: 'deadline_exceeded' } })
    expect(world.sent).toEqual([])
  })

  it('that ends what a provider had for too long says that it may have been charged', async () => {
    const caller = { project: PROJECT, idempotencyKey: null }
    const request = { ...SONG, ...song, routing: { only: ['echo', 'echo-two'] }, failover: { on_stall: 'failover' } }
    const run = async (deadline: number) => {
      const world = openWorld({ script: { 'echo poll': [record.fresh], 'echo-two submit': [no(429, 'slow', 5)] } })
      const { task } = await world.engine.create('generateMusic', caller, request, null, 0, deadline)
      await world.advance(60 * MINUTE)
      return world.task(task.id)
    }
    // Nobody has it any more, and the next one wants to be asked again in five seconds.
    const { attempts, created_at } = await run(30 * MINUTE)
    const over = await run(Date.parse(attempts[1]!.created_at) - Date.parse(created_at) + 2 * SECOND)
    expect(over).toMatchObject({
      status: 'canceled',
      error: { code: 'deadline_exceeded', may_have_been_charged: true },
      billing: { charged: 'unknown' },
    })
    expect(over.error!.detail).not.toContain('before a provider had taken it')
  })

  it('takes nothing from whoever is making it: nobody else would be asked', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const request = { ...SONG, ...song, failover: { on_stall: 'failover' } }
    const caller = { project: PROJECT, idempotencyKey: null }
    const { task } = await world.engine.create('generateMusic', caller, request, null, 0, 5 * MINUTE)
    await world.advance(20 * MINUTE)
    expect(await world.task(task.id)).toMatchObject({ status: 'running', stalled: true })
    world.script({ 'echo poll': [record.done] })
    await world.advance(5 * MINUTE)
    expect(await world.task(task.id)).toMatchObject({ status: 'succeeded', billing: { charged: 'yes' } })
  })

  it('is kept over a restart', async () => {
    const world = openWorld({ settings: { paused: true } })
    const { task } = await late(world, MINUTE)
    await world.restart()
    await world.advance(MINUTE)
    expect((await world.task(task.id)).status).toBe('canceled')
  })

  it('leaves what a provider has', async () => {
    const world = openWorld({
      script: { 'echo poll': [record.fresh, record.fresh, record.fresh, record.fresh, record.done] },
    })
    const { task } = await late(world, 10 * SECOND)
    await world.advance(10 * MINUTE)
    expect((await world.task(task.id)).status).toBe('succeeded')
  })

  it('lets no other provider be asked', async () => {
    const world = openWorld({ script: { 'echo submit': [held] } })
    const { task } = await late(world, 10 * SECOND)
    await world.advance(20 * SECOND)
    await world.release(no(402))
    await world.advance(MINUTE)
    expect(await world.task(task.id)).toMatchObject({ status: 'canceled', billing: { charged: 'no' } })
    expect(world.count('echo-two submit')).toBe(0)
  })
})

describe('a song without news', () => {
  it('is said to be stalled, once, and followed all the same', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const { id } = await world.create(song)
    await world.advance(14 * MINUTE)
    expect((await world.task(id)).stalled).toBe(false)
    await world.advance(2 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'running', stalled: true })
    await world.advance(10 * MINUTE)
    world.script({ 'echo poll': [record.done] })
    await world.advance(MINUTE)
    expect((await world.task(id)).status).toBe('succeeded')
    expect(typesOf(await told(world, id)).filter((type) => type === 'task.stalled')).toHaveLength(1)
  })

  it('goes on at the next provider where that is asked for, and events say so', async () => {
    const world = openWorld({ script: { 'echo poll': [record.fresh] } })
    const { id } = await world.create({ ...song, failover: { on_stall: 'failover' } })
    await world.advance(20 * MINUTE)
    const task = await world.task(id)
    expect(task).toMatchObject({ status: 'succeeded', stalled: false, provider: 'echo-two' })
    expect(typesOf(await told(world, id)).slice(0, 5)).toEqual([
      'task.queued',
      'task.submitted',
      'task.stalled',
      'task.failed_over',
      'task.submitted',
    ])
    expect((await told(world, id)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: task.seq }, (_, index) => index + 1),
    )
  })

  it('that has one track already waits for the other', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half] } })
    const { id } = await world.create({ ...song, failover: { on_stall: 'failover' } })
    await world.advance(20 * MINUTE)
    expect(await world.task(id)).toMatchObject({ status: 'running', stalled: true, provider: 'echo' })
  })
})

describe('files that a provider will delete', () => {
  const HOUR = 60 * MINUTE
  it('are told of 72 hours before, once, whatever was restarted meanwhile', async () => {
    const world = openWorld()
    const { id } = await world.create(song)
    await world.advance(10 * MINUTE)
    const { tracks, seq } = await world.task(id)
    const expires = Date.parse(tracks[0]!.audio!.expires_at)
    await world.advance(expires - 73 * HOUR - world.now())
    expect((await world.task(id)).seq).toBe(seq)
    await world.restart()
    await world.advance(2 * HOUR)
    await world.restart()
    await world.advance(10 * DAY)
    const events = await told(world, id)
    expect(events.filter(({ type }) => type === 'asset.expiring')).toHaveLength(1)
    const last = events.at(-1)!
    expect([last.type, Date.parse(last.timestamp)]).toEqual(['asset.expiring', expires - 72 * HOUR])
    const { seq: _, updated_at: __, ...task } = await world.task(id)
    expect(last.data.task).toMatchObject({ ...task, status: 'succeeded' })
    expect(task.tracks).toEqual(tracks)
  })

  it('are told of at their own time, each', async () => {
    const world = openWorld()
    const ids: string[] = []
    for (let index = 0; index < 3; index++) {
      ids.push((await world.create(song)).id)
      await world.advance(DAY)
    }
    await world.advance(20 * DAY)
    const times = await Promise.all(ids.map(async (id) => Date.parse((await told(world, id)).at(-1)!.timestamp)))
    expect(times[1]! - times[0]!).toBe(DAY)
    expect(times[2]! - times[1]!).toBe(DAY)
  })

  it('are led to until then, and after that are gone', async () => {
    const world = openWorld({ script: { 'echo poll': [record.half, record.half, record.half, record.done] } })
    const { id } = await world.create(song)
    await world.advance(8 * SECOND)
    const half = await world.task(id)
    const led = (index: number) => world.engine.getTrackAudio(PROJECT, half.tracks[index]!.id)
    expect(await led(0)).toBe(half.tracks[0]!.audio!.url)
    await expect(led(1)).rejects.toMatchObject({ code: 'not_ready' })
    await world.advance(10 * MINUTE)
    const { tracks } = await world.task(id)
    expect(await led(1)).toBe(tracks[1]!.audio!.url)
    await world.advance(Date.parse(tracks[1]!.audio!.expires_at) - world.now() - 1)
    expect(await led(1)).toBe(tracks[1]!.audio!.url)
    await world.advance(1)
    await expect(led(1)).rejects.toMatchObject({ code: 'asset_expired' })
    await expect(world.engine.getTrackAudio('another', tracks[1]!.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are not spoken of where nothing was made', async () => {
    const world = openWorld({ script: { 'echo submit': [no(413)] } })
    const { id } = await world.create(song)
    await world.advance(20 * DAY)
    expect(typesOf(await told(world, id)).at(-1)).toBe('task.failed')
  })
})
