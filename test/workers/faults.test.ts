/** What objects suffer: alarms that ring twice or late, ends in the middle of everything. The ledgers of the studio judge. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterAll, describe, expect, test } from 'vitest'
import { expectProblem } from '../http/problem.ts'
import { align, lyricsPath, make, order, readLyrics, type Song } from '../runtime/songs.ts'
import { crash, KEY, SONG } from './harness.ts'
import { alarmOf, type Installed, installations, KIE, read, sleep, slowly, until } from './trouble.ts'

const { start, stop } = installations()
afterAll(stop)

/** Ends the object of a task, and puts its alarm off: nothing wakes it but who asks for it, or this alarm. */
const freeze = async (harness: Installed, id: string) => {
  const object = harness.objects.taskAt(id)
  await runInDurableObject(object as never, async (_, { storage }) => {
    await storage.setAlarm(Date.now() + 3_600_000)
    await storage.sync()
  })
  await crash(object)
}

/** Everything that has to be true of a song that came out, whatever happened to it. */
const expectOnce = async (harness: Installed, songs: readonly Song[]) => {
  const { accepted } = await harness.ledgers()
  expect(accepted).toBe(songs.length)
  for (const song of songs) {
    expect([song.status, song.error]).toEqual(['succeeded', null])
    expect(song.attempts.map(({ state }) => state)).toEqual(['accepted'])
    expect(song.tracks.map(({ status }) => status)).toEqual(['ready', 'ready'])
    const { data } = (await (await harness.call(`/v1/tasks/${song.id}/events`)).json()) as {
      data: { seq: number; type: string }[]
    }
    expect(data.map(({ seq }) => seq)).toEqual(data.map((_, index) => index + 1))
    expect(data.filter(({ type }) => type === 'task.succeeded')).toHaveLength(1)
  }
}

describe.concurrent('an alarm', () => {
  test('that rings again and again changes nothing', async () => {
    const harness = await start({ callbacks: false, pace: 0.03 })
    const { id } = await order(harness, KIE)
    const object = harness.objects.taskAt(id)
    let rung = 0
    while ((await read(harness, id)).status !== 'succeeded') {
      const both = await Promise.all([runDurableObjectAlarm(object), runDurableObjectAlarm(object)])
      rung += both.filter((ran) => ran).length
      await sleep(10)
    }
    expect(rung).toBeGreaterThan(1)
    await expectOnce(harness, [await harness.ended(id)])
  })

  test('that rings late finds what was made meanwhile', async () => {
    const harness = await start({ callbacks: false, pace: 0.03 })
    const { id } = await order(harness, KIE)
    while ((await read(harness, id)).attempts[0]?.state !== 'accepted') await sleep(5)
    await freeze(harness, id)
    // Long after the song is made.
    await sleep(3000)
    expect(await runDurableObjectAlarm(harness.objects.taskAt(id))).toBe(true)
    await expectOnce(harness, [await harness.ended(id)])
  })

  test('is near for as long as a task is open, and not any longer', async () => {
    const harness = await start({ pace: 0.03 })
    const { id } = await order(harness, KIE)
    expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + 120_000)
    await harness.ended(id)
    // Nothing is left to do but to forget it one day.
    const soon = async () => ((await alarmOf(harness, id)) ?? Number.POSITIVE_INFINITY) < Date.now() + 3_600_000
    for (let round = 0; round < 100 && (await soon()); round++) {
      await runDurableObjectAlarm(harness.objects.taskAt(id))
      await sleep(20)
    }
    expect(await soon()).toBe(false)
  })
})

describe.concurrent('an object that ends', () => {
  test('while its song is submitted hears of it by its callback: it is paid for once', async () => {
    const harness = await start({ settings: { reconcileWindow: 20_000 } })
    const { whenTaken, normal } = slowly(harness, 'kie', 1500)
    const { id } = await order(harness, KIE)
    await whenTaken(1)
    normal()
    await crash(harness.objects.taskAt(id))
    const song = await harness.ended(id)
    await expectOnce(harness, [song])
  })

  test('while its song is submitted, and nobody tells, says that nobody knows, and never buys it again', async () => {
    const harness = await start({ callbacks: false })
    const { whenTaken, normal } = slowly(harness, 'kie', 1500)
    const key = { 'idempotency-key': 'once' }
    const ask = () => harness.post('/v1/music/generations', { ...SONG, ...KIE }, key)
    const { id } = (await (await ask()).json()) as Song
    await whenTaken(1)
    normal()
    await crash(harness.objects.taskAt(id))
    // Nobody has to ask for it: it stands up by itself.
    expect(await alarmOf(harness, id)).toBeLessThan(Date.now() + 120_000)
    const song = await harness.ended(id)
    expect(song).toMatchObject({
      status: 'failed',
      billing: { charged: 'unknown' },
      error: { code: 'submission_unconfirmed', may_have_been_charged: true },
      attempts: [{ provider: 'kie', state: 'unknown' }],
    })
    await crash(harness.objects.taskAt(id))
    const again = await ask()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(song)
    expect((await harness.ledgers()).accepted).toBe(1)
  })

  test('again and again, at any moment, loses no song and buys none twice', async () => {
    const harness = await start({ pace: 0.02, settings: { reconcileWindow: 60_000 } })
    const songs = await Promise.all(
      Array.from({ length: 8 }, (_, index) => order(harness, { title: `Song ${index}`, routing: { provider: 'kie' } })),
    )
    for (let round = 0; round < 6; round++)
      for (const { id } of songs) {
        await crash(harness.objects.taskAt(id))
        await sleep(10)
      }
    const ended = await Promise.all(songs.map(({ id }) => harness.ended(id)))
    await expectOnce(harness, ended)
  })

  test('while it is asked for a song: asked again with the key, there is one', async () => {
    const harness = await start({ settings: { reconcileWindow: 60_000 } })
    const key = { 'idempotency-key': 'one-song' }
    const ask = () =>
      harness.raw(
        new Request(`${harness.here}/v1/music/generations`, {
          method: 'POST',
          body: JSON.stringify({ ...SONG, ...KIE }),
          headers: {
            authorization: `Bearer ${KEY}`,
            'content-type': 'application/json',
            ...key,
          },
        }),
      )
    const known = (await (await ask()).json()) as Song
    expect(known).toMatchObject({ object: 'task' })
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const asked = ask()
        await crash(harness.objects.taskAt(known.id))
        return asked
      }),
    )
    for (const answer of answers)
      if (answer.ok) expect(((await answer.json()) as Song).id).toBe(known.id)
      else expect(await answer.json()).toMatchObject({ status: 503, code: 'storage_unavailable', retryable: true })
    expect(((await (await ask()).json()) as Song).id).toBe(known.id)
    await expectOnce(harness, [await harness.ended(known.id)])
  })

  test.each([
    ['a key', { 'idempotency-key': 'held' }, true],
    ['no key', {}, false],
  ] as const)('while it is waited for with %s says that it may be paid for', async (_, key, retryable) => {
    const harness = await start({ pace: 0.05, settings: { reconcileWindow: 60_000 } })
    const waiting = harness.post('/v1/music/generations', { ...SONG, ...KIE }, { ...key, prefer: 'wait=30' })
    const listed = async () => ((await (await harness.call('/v1/tasks')).json()) as { data: Song[] }).data
    await until(async () => (await listed())[0]?.attempts[0]?.state === 'accepted')
    const [{ id }] = (await listed()) as [Song]
    await crash(harness.objects.taskAt(id))
    const answer = await waiting
    const away = { status: 503, code: 'storage_unavailable', charged: true }
    const told = await expectProblem(answer, { ...away, retryable, repeatable: retryable })
    expect(told.task_id).toBe(id)
    await expectOnce(harness, [await harness.ended(id)])
  })

  test('whose submission was answered, and the answer lost, hears of it by its callback', async () => {
    const harness = await start({ settings: { reconcileWindow: 20_000 } })
    await harness.fault('kie', 'answer_lost', 1)
    const { id } = await order(harness, KIE)
    await crash(harness.objects.taskAt(id))
    await expectOnce(harness, [await harness.ended(id)])
  })

  test.each([
    ['a key', { 'idempotency-key': 'lyrics' }],
    ['no key', {}],
  ])('while lyrics are bought for its track with %s does not buy them twice by itself', async (_, key) => {
    const harness = await start()
    const song = await make(harness, KIE)
    const track = song.tracks[0]!.id
    const { whenTaken, normal } = slowly(harness, 'kie', 1500)
    const bought = align(harness, track, key)
    await whenTaken(1)
    normal()
    await crash(harness.objects.taskAt(song.id))
    const away = { status: 503, code: 'storage_unavailable', retryable: true, charged: true, repeatable: true }
    await expectProblem(await bought, away)
    const again = await align(harness, track, key)
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([503, 'submission_unconfirmed'])
    expect((await harness.ledgers()).by.kie!.alignments).toBe(1)
    // Whoever asks with another key has been told, and decides so.
    expect((await readLyrics(await align(harness, track, { 'idempotency-key': 'more' }))).words).not.toEqual([])
    expect((await harness.call(lyricsPath(track))).status).toBe(200)
  })
})

describe.concurrent('what all tasks share', () => {
  test('ends again and again, and hears of everything in the end: lists, limits and usage are right', async () => {
    const harness = await start({ pace: 0.02, settings: { reconcileWindow: 60_000 } })
    const songs: Song[] = []
    for (let round = 0; round < 8; round++) {
      const answer = await harness.raw(
        new Request(`${harness.here}/v1/music/generations`, {
          method: 'POST',
          body: JSON.stringify({ ...SONG, routing: { provider: 'kie' } }),
          headers: {
            authorization: `Bearer ${KEY}`,
            'content-type': 'application/json',
            'idempotency-key': `round-${round}`,
          },
        }),
      )
      if (answer.ok) songs.push((await answer.json()) as Song)
      await Promise.all(harness.objects.shared().map(crash))
    }
    expect(songs.length).toBeGreaterThan(0)
    const ended = await Promise.all(songs.map(({ id }) => harness.ended(id)))
    for (const { status } of ended) expect(status).toBe('succeeded')
    const { accepted } = await harness.ledgers()
    const list = async (query: string) =>
      ((await (await harness.call(`/v1/tasks?limit=100${query}`)).json()) as { data: Song[] }).data
    // What was told while they were away is told again after some seconds.
    const told = async () => (await list('&status=succeeded')).length
    for (let round = 0; round < 200 && (await told()) < accepted; round++) await sleep(50)
    const listed = await list('')
    expect(listed.map(({ status }) => status)).toEqual(listed.map(() => 'succeeded'))
    expect(accepted).toBe(listed.length)
    expect(new Set(listed.map(({ id }) => id))).toEqual(
      new Set([...songs.map(({ id }) => id), ...listed.map(({ id }) => id)]),
    )
  })
})

describe('a fresh installation', () => {
  test('that is asked for many songs at once makes them all, and lists them', async () => {
    const harness = await start({ settings: { paused: true } })
    const songs = await Promise.all(Array.from({ length: 16 }, () => order(harness, KIE)))
    const list = await harness.call('/v1/tasks?limit=100')
    const { data } = (await list.json()) as { data: Song[] }
    expect(data.map(({ id }) => id).sort()).toEqual(songs.map(({ id }) => id).sort())
  })
})
