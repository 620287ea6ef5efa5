/** Personas and voices: made at one provider with one key, and used there only. */
import { describe, expect, it } from 'vitest'
import {
  fault,
  finishedSong,
  lost,
  MINUTE,
  made,
  no,
  ok,
  openWorld,
  record,
  SECOND,
  SONG,
  type TestWorld,
  type WorldOptions,
} from './world.ts'

const SINGER = { name: 'Night Radio', description: 'Warm close baritone' }
const SINGING = { source: { audio_url: 'https://cdn.example.com/singing.mp3' }, start_seconds: 0, end_seconds: 20 }
const RECORDING = { source: { audio_url: 'https://cdn.example.com/phrase.mp3' } }
const KEYS = { keys: { echo: ['one', 'two'] } }

const withSong = async (options: WorldOptions = KEYS, provider = 'echo') => {
  const world = openWorld(options)
  const { tracks } = await finishedSong(world, { routing: { provider } })
  world.sent.length = 0
  return { world, track: tracks[0]!, other: tracks[1]! }
}
const persona = (world: TestWorld, request: Record<string, unknown>, key: string | null = null, project = 'default') =>
  world.engine.createPersona({ project, idempotencyKey: key }, { ...SINGER, ...request })
const sing = (world: TestWorld, request: Record<string, unknown>) =>
  world.carryOut('generateMusic', { ...SONG, ...request })

describe('a persona', () => {
  it('is made of a track by its provider and key, in our words where the provider has none', async () => {
    const { world, other } = await withSong()
    const { made, provider, replayed } = await persona(world, { track_id: other, style: 'soul', metadata: { a: 'b' } })
    expect([provider, replayed]).toEqual(['echo', false])
    expect(made).toMatchObject({
      id: expect.stringMatching(/^persona_[0-9A-Z]{26}$/),
      object: 'persona',
      track_id: other,
      provider: 'echo',
      provider_persona_id: 'native-persona',
      ...SINGER,
    })
    expect(world.sent).toMatchObject([{ place: 'echo createPersona', key: 'one' }])
    expect(world.sent[0]!.body).toEqual({
      provider_task_id: 'job-1',
      provider_track_id: 'b',
      track_index: 1,
      ...SINGER,
      style: 'soul',
    })
    expect(await world.task(made.task_id)).toMatchObject({
      operation: 'createPersona',
      status: 'succeeded',
      result: { object: 'persona', persona_id: made.id },
    })
  })

  it('sings at its own provider, with the key it was made with, as what it is', async () => {
    const { world, track } = await withSong()
    const { made } = await persona(world, { track_id: track })
    const task = await sing(world, { persona_id: made.id })
    expect(world.sent.find(({ place }) => place.endsWith('submit'))).toMatchObject({
      place: 'echo submit',
      key: 'one',
      body: { singer: 'native-persona', singing: 'style' },
    })
    expect(task).toMatchObject({ status: 'succeeded', request: { persona_id: made.id }, warnings: [] })
  })

  it('sings at no other provider, whatever its own says, and whatever the request says', async () => {
    const { world, track } = await withSong({ ...KEYS, script: { 'echo submit': [no(402)] } }, 'echo-two')
    const { made } = await persona(world, { track_id: track })
    world.script({ 'echo-two submit': [no(402)] })
    expect(await sing(world, { persona_id: made.id })).toMatchObject({
      status: 'failed',
      error: { code: 'provider_credits_exhausted', provider: 'echo-two' },
    })
    expect(world.count('echo submit')).toBe(0)
    await expect(sing(world, { persona_id: made.id, routing: { only: ['echo'] } })).rejects.toMatchObject({
      code: 'capability_unsupported',
      involved: { errors: [{ code: 'pinned', detail: expect.stringContaining('echo-two did') }] },
    })
  })

  it('pins derived music too: a track of another provider goes on by its audio', async () => {
    const { world, track } = await withSong()
    const { tracks } = await finishedSong(world, { routing: { provider: 'echo-two' } })
    const { made } = await persona(world, { track_id: track })
    await world.carryOut('extendMusic', { source: { track_id: tracks[0] }, persona_id: made.id })
    expect(world.said('echo extendAudio')).toMatchObject({ persona_id: 'native-persona', persona_kind: 'style' })
    await world.carryOut('extendMusic', { source: { track_id: track }, persona_id: made.id })
    expect(world.said('echo extendMusic')).toMatchObject({ persona_id: 'native-persona', provider_track_id: 'a' })
    expect([world.count('echo-two extendMusic'), world.count('echo-three extendAudio')]).toEqual([0, 0])
  })

  it('is silent where its key is gone: nothing is sent', async () => {
    const { world, track } = await withSong()
    const { made } = await persona(world, { track_id: track })
    world.sent.length = 0
    await world.restart({ keys: { echo: ['two'] } })
    const pinned = { code: 'provider_pinned_unavailable', involved: { provider: 'echo' } }
    await expect(sing(world, { persona_id: made.id })).rejects.toMatchObject(pinned)
    await expect(persona(world, { track_id: track })).rejects.toMatchObject(pinned)
    expect(world.sent).toEqual([])
  })

  it('of another project is unknown, and so is another thing under its name', async () => {
    const { world, track } = await withSong()
    const { made } = await persona(world, { track_id: track })
    const elsewhere = world.create({ persona_id: made.id }, null, 'other')
    await expect(elsewhere).rejects.toMatchObject(fault('/persona_id', 'persona_unknown'))
    const song = { persona_id: track.replace('track_', 'persona_') }
    await expect(world.create(song)).rejects.toMatchObject(fault('/persona_id', 'persona_unknown'))
  })

  it('is made once for one key', async () => {
    const { world, track, other } = await withSong()
    const first = await persona(world, { track_id: track }, 'k')
    await world.restart()
    expect(await persona(world, { track_id: track }, 'k')).toEqual({ ...first, replayed: true })
    await expect(persona(world, { track_id: other }, 'k')).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    expect(world.bought()).toEqual(['echo createPersona'])
  })

  it.each<[string, (world: TestWorld, track: string) => Promise<unknown>, object]>([
    [
      'no track',
      (world, track) => persona(world, { track_id: track.replace(/.$/, '9') }),
      fault('/track_id', 'track_unknown'),
    ],
    [
      'somebody else’s',
      (world, track) => persona(world, { track_id: track }, null, 'b'),
      fault('/track_id', 'track_unknown'),
    ],
    [
      'a name that is too long for its provider',
      (world, track) => persona(world, { track_id: track, name: 'x'.repeat(21) }),
      fault('/name', 'text_too_long'),
    ],
    [
      'more than there is of the track',
      (world, track) => persona(world, { track_id: track, start_seconds: 45, end_seconds: 61 }),
      fault('/end_seconds', 'out_of_range'),
    ],
  ])('of %s is refused before anything is sent', async (_, ask, error) => {
    const { world, track } = await withSong()
    await expect(ask(world, track)).rejects.toMatchObject(error)
    expect(world.sent).toEqual([])
  })

  it('of a track that is not finished is not ready, of one that never will be a fault', async () => {
    const script = { 'echo poll': [record.half, record.half, record.broken(null, 'sorry')] }
    const world = openWorld({ script })
    const { id } = await world.create({ routing: { provider: 'echo' } })
    await world.advance(10 * SECOND)
    const track_id = (await world.task(id)).tracks[1]!.id
    await expect(persona(world, { track_id })).rejects.toMatchObject({
      code: 'not_ready',
      retryAfter: expect.any(Number),
    })
    await world.advance(MINUTE)
    await expect(persona(world, { track_id })).rejects.toMatchObject(fault('/track_id', 'track_unfinished'))
    expect(world.count('echo createPersona')).toBe(0)
  })

  it('of a track whose provider makes none is refused, told of who does', async () => {
    const { world, track } = await withSong({}, 'echo-three')
    const error: Error = await persona(world, { track_id: track }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'capability_unsupported', involved: { provider: 'echo-three' } })
    expect(error.message).toContain('echo, echo-two have it')
    expect(world.sent).toEqual([])
  })

  it('that nobody knows to be made is not made again with the same key', async () => {
    const { world, track } = await withSong({ script: { 'echo createPersona': [lost] } })
    const unconfirmed = { code: 'submission_unconfirmed', involved: { may_have_been_charged: true } }
    for (const _ of [1, 2]) await expect(persona(world, { track_id: track }, 'k')).rejects.toMatchObject(unconfirmed)
    expect(world.count('echo createPersona')).toBe(1)
  })
})

const begin = async (world: TestWorld) => {
  const task = await world.carryOut('startVoice', SINGING)
  return { task, voice: (task.result as { voice_id: string }).voice_id }
}
const confirm = (world: TestWorld, voice: string, request: Record<string, unknown> = {}) =>
  world.carryOut('confirmVoice', { ...RECORDING, voice_id: voice, ...request }, voice)
const look = (world: TestWorld, voice: string) => world.engine.getVoice('default', voice)
const status = async (world: TestWorld, voice: string) => (await look(world, voice)).status

describe('a voice', () => {
  it('begins with a phrase, is confirmed by a recording, and sings', async () => {
    const world = openWorld(KEYS)
    const { task, voice } = await begin(world)
    expect(task.result).toEqual({ object: 'voice', voice_id: voice, phrase: 'Sing of the sea' })
    expect(world.said('echo startVoice')).toMatchObject({
      audio_url: SINGING.source.audio_url,
      start_seconds: 0,
      end_seconds: 20,
    })
    const confirmed = await confirm(world, voice, { name: 'Marlene' })
    expect(confirmed).toMatchObject({ provider: 'echo', result: { object: 'voice', voice_id: voice, phrase: null } })
    expect(JSON.stringify(confirmed.result)).not.toContain('native-voice')
    expect(world.said('echo confirmVoice')).toEqual({
      provider_task_id: 'job-2',
      audio_url: RECORDING.source.audio_url,
      name: 'Marlene',
      ring: expect.any(String),
    })
    await sing(world, { voice_id: voice })
    expect(world.sent.find(({ place }) => place.endsWith('submit'))).toMatchObject({
      place: 'echo submit',
      key: 'one',
      body: { singer: 'native-voice', singing: 'voice' },
    })
  })

  it('is what its tasks are', async () => {
    const script = {
      'echo startVoice poll': [record.fresh],
      'echo confirmVoice poll': [record.broken(413, 'no singing'), record.fresh],
    }
    const world = openWorld({ script })
    const begun = await world.ask('startVoice', SINGING)
    const voice = begun.id.replace('task_', 'voice_').replace(/0$/, '1')
    await world.advance(10 * SECOND)
    expect(await world.engine.getVoice('default', voice)).toMatchObject({
      id: voice,
      status: 'preparing',
      provider: 'echo',
      phrase: null,
      start_task_id: begun.id,
      confirm_task_id: null,
    })
    await expect(confirm(world, voice)).rejects.toMatchObject({ code: 'not_ready', retryAfter: expect.any(Number) })
    await expect(world.create({ voice_id: voice })).rejects.toMatchObject({ code: 'not_ready' })
    world.script({ 'echo startVoice poll': [] })
    await world.advance(MINUTE)
    expect(await world.engine.getVoice('default', voice)).toMatchObject({
      status: 'awaiting_recording',
      phrase: 'Sing of the sea',
    })
    expect(await confirm(world, voice)).toMatchObject({ status: 'failed', error: { code: 'content_rejected' } })
    expect(await status(world, voice)).toBe('awaiting_recording')
    const again = await confirm(world, voice)
    expect(await world.engine.getVoice('default', voice)).toMatchObject({
      status: 'processing',
      confirm_task_id: again.id,
    })
    world.script({ 'echo confirmVoice poll': [] })
    await world.advance(MINUTE)
    expect(await status(world, voice)).toBe('ready')
    await expect(world.engine.getVoice('other', voice)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('that is ready stays so, whatever comes of another recording', async () => {
    const world = openWorld()
    const { voice } = await begin(world)
    const first = await confirm(world, voice)
    world.script({ 'echo confirmVoice poll': [record.broken(413, 'no singing')] })
    await confirm(world, voice)
    expect(await world.engine.getVoice('default', voice)).toMatchObject({ status: 'ready', confirm_task_id: first.id })
    await sing(world, { voice_id: voice })
    expect(world.said('echo submit')).toMatchObject({ singer: 'native-voice' })
  })

  it('that never got a phrase has failed for good', async () => {
    const world = openWorld({ script: { 'echo startVoice poll': [record.broken(null, 'noise')] } })
    const begun = await world.carryOut('startVoice', SINGING)
    const voice = begun.id.replace('task_', 'voice_').replace(/0$/, '1')
    expect(await status(world, voice)).toBe('failed')
    await expect(confirm(world, voice)).rejects.toMatchObject(fault('/voice_id', 'task_failed'))
    await expect(world.create({ voice_id: voice })).rejects.toMatchObject(fault('/voice_id', 'task_failed'))
    expect(world.count('echo submit')).toBe(0)
  })

  it('that is not there is not found in a path and a fault in a body', async () => {
    const world = openWorld()
    const { voice } = await begin(world)
    const none = `voice_${'0'.repeat(25)}1`
    for (const [id, project] of [
      [none, 'default'],
      [voice, 'other'],
    ] as const) {
      await expect(world.ask('confirmVoice', RECORDING, id, { project })).rejects.toMatchObject({ code: 'not_found' })
      await expect(world.engine.getVoice(project, id)).rejects.toMatchObject({ code: 'not_found' })
      await expect(world.create({ voice_id: id }, null, project)).rejects.toMatchObject(
        fault('/voice_id', 'voice_unknown'),
      )
    }
    expect(world.count('echo confirmVoice')).toBe(0)
  })

  it('is confirmed by nobody else, and by nobody where the key is gone', async () => {
    const world = openWorld(KEYS)
    const { voice } = await begin(world)
    await world.restart({ keys: { echo: ['two'] } })
    await expect(confirm(world, voice)).rejects.toMatchObject({ code: 'provider_pinned_unavailable' })
    expect(world.count('echo confirmVoice')).toBe(0)
  })

  it('is not sung beside a persona', async () => {
    const { world, track } = await withSong()
    const { made } = await persona(world, { track_id: track })
    const { voice } = await begin(world)
    await confirm(world, voice)
    for (const operation of ['generateMusic', 'extendMusic', 'coverMusic'] as const) {
      const words = operation === 'generateMusic' ? SONG : { source: { track_id: track } }
      const both = world.ask(operation, { ...words, persona_id: made.id, voice_id: voice })
      await expect(both).rejects.toMatchObject(fault('/voice_id', 'forbidden'))
    }
    expect(world.count('echo submit')).toBe(0)
  })
})

describe('a phrase', () => {
  const renew = (world: TestWorld, voice: string, key: string | null = null) =>
    world.ask('renewPhrase', { voice_id: voice }, voice, { key })

  it('is renewed where the voice was begun, each from the one before, and the last one is recorded', async () => {
    const script = {
      'echo startVoice': [ok({ job: 'first' })],
      'echo renewPhrase': [ok({ job: 'second' }), ok({ job: 'third' })],
      'echo renewPhrase poll': [made({ phrase: 'Sing of the land' }), made({ phrase: 'Sing of the sky' })],
    }
    const world = openWorld({ ...KEYS, script })
    const { voice, task } = await begin(world)
    expect(await look(world, voice)).toMatchObject({ phrase: 'Sing of the sea', phrase_task_id: task.id })
    for (const [before, phrase] of [
      ['first', 'Sing of the land'],
      ['second', 'Sing of the sky'],
    ]) {
      const { id } = await renew(world, voice)
      await world.advance(MINUTE)
      expect(world.said('echo renewPhrase')).toEqual({ provider_task_id: before, ring: expect.any(String) })
      expect((await world.task(id)).result).toEqual({ object: 'voice', voice_id: voice, phrase })
      expect(await look(world, voice)).toMatchObject({ status: 'awaiting_recording', phrase, phrase_task_id: id })
    }
    await confirm(world, voice)
    expect(world.said('echo confirmVoice')).toMatchObject({ provider_task_id: 'third' })
    expect(new Set(world.sent.map(({ key }) => key))).toEqual(new Set(['one']))
  })

  it('that is being renewed is not there to be sung or renewed, and the one before is where that fails', async () => {
    const broken = record.broken(null, 'sorry')
    const world = openWorld({ script: { 'echo renewPhrase poll': [record.fresh, broken] } })
    const { voice, task } = await begin(world)
    const renewed = await renew(world, voice)
    await world.advance(SECOND)
    expect(await look(world, voice)).toMatchObject({
      status: 'preparing',
      phrase: null,
      start_task_id: task.id,
      phrase_task_id: renewed.id,
    })
    for (const asked of [() => renew(world, voice), () => confirm(world, voice)])
      await expect(asked()).rejects.toMatchObject({ code: 'not_ready', retryAfter: expect.any(Number) })
    await world.advance(MINUTE)
    expect((await world.task(renewed.id)).status).toBe('failed')
    expect(await look(world, voice)).toMatchObject({
      status: 'awaiting_recording',
      phrase: 'Sing of the sea',
      phrase_task_id: task.id,
    })
    expect(await confirm(world, voice)).toMatchObject({ status: 'succeeded' })
    expect(world.count('echo renewPhrase')).toBe(1)
  })

  it('is renewed once with a key, and a voice that sings goes on to', async () => {
    const world = openWorld()
    const { voice } = await begin(world)
    await confirm(world, voice)
    const one = await renew(world, voice, 'again')
    await world.advance(MINUTE)
    expect((await renew(world, voice, 'again')).id).toBe(one.id)
    expect(world.count('echo renewPhrase')).toBe(1)
    expect(await look(world, voice)).toMatchObject({ status: 'ready', phrase: 'Sing of the land' })
  })

  it('that never was, or is of another project, or of a key that is gone, is not renewed', async () => {
    const script = { 'echo startVoice poll': [record.broken(null, 'noise')] }
    const world = openWorld({ ...KEYS, script })
    const failed = (await world.carryOut('startVoice', SINGING)).id.replace('task_', 'voice_').replace(/0$/, '1')
    await expect(renew(world, failed)).rejects.toMatchObject(fault('/voice_id', 'task_failed'))
    world.script({ 'echo startVoice poll': [] })
    const { voice } = await begin(world)
    const other = world.ask('renewPhrase', { voice_id: voice }, voice, { project: 'other' })
    await expect(other).rejects.toMatchObject({ code: 'not_found' })
    await world.restart({ keys: { echo: ['two'] } })
    await expect(renew(world, voice)).rejects.toMatchObject({ code: 'provider_pinned_unavailable' })
    expect(world.count('echo renewPhrase')).toBe(0)
  })
})

describe('a check of a voice', () => {
  const check = (world: TestWorld, voice: string, key: string | null = null, project = 'default') =>
    world.engine.checkVoice({ project, idempotencyKey: key }, { voice_id: voice })
  const singer = async (options: WorldOptions = KEYS) => {
    const world = openWorld(options)
    const { voice } = await begin(world)
    await confirm(world, voice)
    return { world, voice }
  }

  it('asks who made it, by the task that made it, and getVoice tells what was heard last', async () => {
    const script = {
      'echo confirmVoice': [ok({ job: 'made' })],
      'echo checkVoice': [ok({ available: true }), ok({ available: false })],
    }
    const { world, voice } = await singer({ ...KEYS, script })
    expect(await look(world, voice)).toMatchObject({ available: null, checked_at: null })
    const first = await check(world, voice)
    expect(first).toMatchObject({ provider: 'echo', replayed: false, made: { voice_id: voice, available: true } })
    expect(world.said('echo checkVoice')).toEqual({ provider_task_id: 'made' })
    expect(world.sent.at(-1)!.key).toBe('one')
    await world.advance(MINUTE)
    const { made: second } = await check(world, voice)
    expect(second.available).toBe(false)
    expect(await look(world, voice)).toMatchObject({ status: 'ready', available: false, checked_at: second.checked_at })
  })

  it('is asked once with a key, also where nobody knows what was answered', async () => {
    const { world, voice } = await singer()
    const [one, two] = [await check(world, voice, 'k'), await check(world, voice, 'k')]
    expect([two.made, two.replayed]).toEqual([one.made, true])
    expect(world.count('echo checkVoice')).toBe(1)
    world.script({ 'echo checkVoice': [lost] })
    for (const _ of [1, 2])
      await expect(check(world, voice, 'l')).rejects.toMatchObject({ code: 'submission_unconfirmed' })
    expect(world.count('echo checkVoice')).toBe(2)
    expect(await look(world, voice)).toMatchObject({ available: true })
  })

  it('asks nobody where the voice is not made, not there, or its key is gone', async () => {
    const world = openWorld(KEYS)
    const { voice } = await begin(world)
    await expect(check(world, voice)).rejects.toMatchObject({ code: 'not_ready', retryAfter: 10 })
    await confirm(world, voice)
    await expect(check(world, voice, null, 'other')).rejects.toMatchObject({ code: 'not_found' })
    await expect(check(world, `voice_${'0'.repeat(25)}1`)).rejects.toMatchObject({ code: 'not_found' })
    await world.restart({ keys: { echo: ['two'] } })
    await expect(check(world, voice)).rejects.toMatchObject({ code: 'provider_pinned_unavailable' })
    expect(world.count('echo checkVoice')).toBe(0)
  })

  it('is refused in the words of its provider, and leaves nothing behind where it may be repeated', async () => {
    const { world, voice } = await singer({ script: { 'echo checkVoice': [no(455)] } })
    await expect(check(world, voice, 'k')).rejects.toMatchObject({ code: 'provider_maintenance' })
    world.script({ 'echo checkVoice': [] })
    await world.advance(30 * MINUTE)
    expect((await check(world, voice, 'k')).made.available).toBe(true)
  })
})
