/** Every operation at every provider, over real HTTP: it ends with what it is for, or is refused naming who has it. */
import { parseMidi } from 'midi-file'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { catalogue, type OperationId } from '../../src/canonical/catalogue.ts'
import type { Problem } from '../../src/canonical/error.ts'
import { CALL_OPERATIONS, TASK_OPERATIONS } from '../../src/canonical/operations.ts'
import type { Result } from '../../src/canonical/results.ts'
import { operationsOf } from '../../src/engine/capabilities.ts'
import { FILE_LIMIT } from '../../src/http/files.ts'
import { adapters } from '../../src/registry.ts'
import { DOWN, type Harness, RUNTIME, startHarness } from '../harness.ts'
import { expectProblem } from '../http/problem.ts'
import { make, PROVIDERS, type Song } from './songs.ts'

type Provider = (typeof PROVIDERS)[number]

let harness: Harness
const songs = {} as Record<Provider, Song>
beforeAll(async () => {
  harness = await startHarness()
  for (const provider of PROVIDERS) songs[provider] = await make(harness, { model: 'v5', routing: { provider } })
})
afterAll(async () => {
  // Nothing that any table wrote was refused by what is documented of its provider.
  expect(PROVIDERS.flatMap((id) => harness.upstream(id).upstream.refusals())).toEqual([])
  await harness.stop()
})

const AUDIO = 'https://files.example.com/voice.mp3'
const words = { lyrics: '[Verse]\nHome by the light', style: 'soul, warm', title: 'Home', negative_style: 'metal' }
const track = (provider: Provider) => songs[provider].tracks[0]!

interface Case {
  /** Path and body of the request. */
  readonly ask: (provider: Provider) => readonly [path: string, body: Record<string, unknown>]
  /** What has to be true of the finished task. */
  readonly made?: (task: Song, provider: Provider) => Promise<void> | void
  /** Made ready before: the id of a task of the same provider. */
  readonly after?: OperationId
}

const routed = (path: string, body: Record<string, unknown>): Case => ({
  ask: (provider) => [path, { ...body, routing: { provider } }],
})
const follow = (what: string, body: Record<string, unknown> = {}): Case => ({
  ask: (provider) => [`/v1/tracks/${track(provider).id}/${what}`, body],
})

const resultOf = <O extends Result['object']>(task: Song, object: O) => {
  expect(task.result?.object).toBe(object)
  return task.result as Extract<Result, { object: O }>
}
const fetched = async (url: string) => {
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  return { type: answer.headers.get('content-type'), bytes: new Uint8Array(await answer.arrayBuffer()) }
}
const text = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to))

const tracksMade =
  (count: number): NonNullable<Case['made']> =>
  async (task) => {
    expect(task.tracks.map(({ status }) => status)).toEqual(Array(count).fill('ready'))
    const { bytes } = await fetched(task.tracks[0]!.audio!.url)
    expect(text(bytes, 0, 4)).toBe('RIFF')
  }

/** Work that is needed by what comes after it: `provider operation` → task. */
const done = new Map<string, Song>()

const takesAudio = (provider: Provider) =>
  adapters.find(({ id }) => id === provider)!.operations.separateAudio !== undefined

/** A voice that was begun, or one that is nobody's. */
const voiceOf = (provider: Provider) =>
  (done.get(`${provider} startVoice`)?.result as { voice_id: string; phrase: string } | undefined) ?? {
    voice_id: track(provider).id.replace('track', 'voice'),
    phrase: '',
  }

const CASES: { readonly [Id in Exclude<(typeof TASK_OPERATIONS)[number], 'generateMusic'>]: Case } = {
  extendMusic: {
    ask: (provider) => [
      '/v1/music/extensions',
      { ...words, source: { track_id: track(provider).id }, continue_at_seconds: 20, routing: { provider } },
    ],
    made: async (task, provider) => {
      await tracksMade(2)(task, provider)
      expect(task.model).toBe('v5')
    },
  },
  coverMusic: {
    ask: (provider) => ['/v1/music/covers', { source: { track_id: track(provider).id }, routing: { provider } }],
    made: async (task, provider) => {
      await tracksMade(2)(task, provider)
      expect(task.tracks[0]!.title).toBe(track(provider).title)
    },
  },
  addVocals: { ...routed('/v1/music/vocals', { source: { audio_url: AUDIO }, ...words }), made: tracksMade(2) },
  addInstrumental: {
    ...routed('/v1/music/instrumentals', {
      source: { audio_url: AUDIO },
      style: words.style,
      title: words.title,
      negative_style: 'metal',
    }),
    made: tracksMade(2),
  },
  replaceSection: {
    ask: (provider) => [
      '/v1/music/section-replacements',
      {
        source: { track_id: track(provider).id },
        start_seconds: 10,
        end_seconds: 20.5,
        ...words,
        full_lyrics: '[Verse]\nHome by the light',
        routing: { provider },
      },
    ],
    made: async (task) => {
      expect(task.tracks.length).toBeGreaterThan(0)
      expect(task.tracks.every(({ status }) => status === 'ready')).toBe(true)
    },
  },
  mashupMusic: {
    ask: (provider) => [
      '/v1/music/mashups',
      {
        sources: [{ track_id: track('kie').id }, { audio_url: AUDIO }],
        style: 'electro swing',
        title: 'Two in One',
        instrumental: true,
        routing: { provider },
      },
    ],
    made: tracksMade(2),
  },
  generateSound: {
    ...routed('/v1/sounds', { description: 'Rain on a tin roof', loop: true, tempo_bpm: 90, key: 'Am' }),
    made: tracksMade(2),
  },
  writeLyrics: {
    ...routed('/v1/lyrics', { description: 'A lighthouse that is afraid of the dark' }),
    made: (task) => {
      const { variants } = resultOf(task, 'lyrics')
      expect(variants.length).toBeGreaterThan(1)
      expect(variants.every(({ title, lyrics }) => title !== null && lyrics !== null)).toBe(true)
    },
  },
  convertToWav: {
    ...follow('wav'),
    made: async (task) => {
      const { bytes } = await fetched(resultOf(task, 'file').url)
      expect([text(bytes, 0, 4), text(bytes, 8, 12)]).toEqual(['RIFF', 'WAVE'])
    },
  },
  separateStems: {
    ...follow('stems', { separation: 'stems' }),
    made: async (task, provider) => {
      const { stems } = resultOf(task, 'stems')
      expect(stems.length).toBeGreaterThan(2)
      expect(text((await fetched(stems[0]!.url)).bytes, 0, 4)).toBe('RIFF')
      done.set(`${provider} separateStems`, task)
    },
  },
  separateAudio: {
    // Audio that is nobody's where it is taken, else a track of their own.
    ask: (provider) => [
      '/v1/stems',
      {
        source: takesAudio(provider) ? { audio_url: AUDIO } : { track_id: track(provider).id },
        separation: 'vocals',
        routing: { provider },
      },
    ],
    made: async (task, provider) => {
      done.set(`${provider} separateAudio`, task)
      const { stems } = resultOf(task, 'stems')
      expect(stems.map(({ name }) => name)).toEqual(['Vocals', 'Instrumental'])
      expect(text((await fetched(stems[0]!.url)).bytes, 0, 4)).toBe('RIFF')
    },
  },
  transcribeStems: {
    ask: (provider) => ['/v1/midi', { stems_task_id: (done.get(`${provider} separateAudio`) ?? songs[provider]).id }],
    made: (task) => {
      const { instruments } = resultOf(task, 'midi')
      expect(instruments.map(({ name }) => name)).toEqual(['Vocals', 'Instrumental'])
      expect(instruments.flatMap(({ notes }) => notes).length).toBeGreaterThan(10)
    },
  },
  createMidi: {
    ask: (provider) => [
      `/v1/tracks/${track(provider).id}/midi`,
      { stems_task_id: done.get(`${provider} separateStems`)?.id ?? songs[provider].id },
    ],
    made: async (task, provider) => {
      const { instruments } = resultOf(task, 'midi')
      const notes = instruments.flatMap((each) => each.notes)
      expect(notes.length).toBeGreaterThan(10)
      const length = track(provider).duration_seconds!
      expect(notes.every((note) => note.start_seconds < note.end_seconds && note.end_seconds <= length + 1)).toBe(true)
      const answer = await harness.call(`/v1/tasks/${task.id}/midi?format=mid`)
      const { tracks } = parseMidi(new Uint8Array(await answer.arrayBuffer()))
      expect(tracks).toHaveLength(instruments.length + 1)
    },
  },
  createVideo: {
    ...follow('video', { author: 'Rain & Co' }),
    made: async (task) => {
      const { bytes, type } = await fetched(resultOf(task, 'file').url)
      expect([text(bytes, 4, 8), type]).toEqual(['ftyp', 'video/mp4'])
    },
  },
  createCoverArt: {
    ...follow('cover-art'),
    made: async (task) => {
      const { images } = resultOf(task, 'images')
      expect(images).toHaveLength(2)
      for (const { url } of images) expect(text((await fetched(url)).bytes, 1, 4)).toBe('PNG')
    },
  },
  recoverTrack: {
    ...follow('recovery'),
    made: async (task, provider) => {
      const { tracks } = resultOf(task, 'recovery')
      expect(tracks.map(({ track_id }) => track_id)).toEqual(songs[provider].tracks.map(({ id }) => id))
      await fetched(tracks[0]!.audio!.url)
    },
  },
  startVoice: {
    ask: (provider) => [
      '/v1/voices',
      { source: { audio_url: AUDIO }, start_seconds: 0, end_seconds: 20, language: 'en', routing: { provider } },
    ],
    made: (task, provider) => {
      expect(resultOf(task, 'voice').phrase).toMatch(/\w+ \w+/)
      done.set(`${provider} startVoice`, task)
    },
  },
  renewPhrase: {
    ask: (provider) => [`/v1/voices/${voiceOf(provider).voice_id}/phrase`, {}],
    made: async (task, provider) => {
      const { voice_id, phrase } = resultOf(task, 'voice')
      expect(phrase).not.toBe(voiceOf(provider).phrase)
      const voice = await (await harness.call(`/v1/voices/${voice_id}`)).json()
      expect(voice).toMatchObject({ status: 'awaiting_recording', phrase, phrase_task_id: task.id })
    },
  },
  confirmVoice: {
    ask: (provider) => {
      return [
        `/v1/voices/${voiceOf(provider).voice_id}/recording`,
        { source: { audio_url: AUDIO }, name: 'Marlene', skill: 'advanced' },
      ]
    },
    made: async (task, provider) => {
      const { voice_id } = resultOf(task, 'voice')
      const voice = await (await harness.call(`/v1/voices/${voice_id}`)).json()
      expect(voice).toMatchObject({ id: voice_id, status: 'ready', provider })
      const sung = await make(harness, { voice_id, model: 'v5' })
      expect([sung.status, sung.provider]).toEqual(['succeeded', provider])
    },
  },
}

const has = (provider: Provider, operation: string) =>
  operationsOf(adapters.find(({ id }) => id === provider)!).includes(operation)
const able = (operation: string) => PROVIDERS.filter((provider) => has(provider, operation))

describe.each(PROVIDERS)('at %s', (provider) => {
  const operations = Object.entries(CASES) as [keyof typeof CASES, Case][]
  const own = operations.filter(([operation]) => has(provider, operation))
  // Nobody can do more with a voice that could not be begun.
  const later = new Set<string>(['renewPhrase', 'confirmVoice'])
  const lacking = operations.filter(([operation]) => !has(provider, operation) && !later.has(operation))

  test.each(own)('%s ends with what it is for', async (operation, { ask, made }) => {
    const [path, body] = ask(provider)
    const answer = await harness.post(path, body)
    const accepted = (await answer.json()) as Song
    expect([answer.status, accepted.operation ?? accepted]).toEqual([202, operation])
    const task = await harness.ended(accepted.id)
    expect([task.status, task.error]).toEqual(['succeeded', null])
    expect(task.provider).toBe(provider)
    expect(task.attempts).toHaveLength(1)
    const parsed = catalogue[operation].result.parse(task) as Song
    // Which of the open requests it was read as says nothing.
    expect({ ...parsed, request: task.request }).toEqual(task)
    await made?.(task, provider)
  })

  test.skipIf(lacking.length === 0).each(lacking)('%s is refused, naming who has it', async (operation, { ask }) => {
    const before = await harness.ledgers()
    const [path, body] = ask(provider)
    const answer = await harness.post(path, body)
    const problem = (await answer.json()) as Problem
    // Notes are asked of stems, and there are none to be had here: that is said first.
    const noted = operation === 'createMidi' || operation === 'transcribeStems'
    const code = noted ? /validation_failed|capability_unsupported/ : /^capability_unsupported$/
    expect([answer.status, problem.code]).toEqual([422, expect.stringMatching(code)])
    if (!noted) for (const id of able(operation)) expect(problem.detail).toContain(id)
    expect(await harness.ledgers()).toEqual(before)
  })
})

describe('calls', () => {
  const post = async (path: string, body: unknown) => {
    const answer = await harness.post(path, body)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  test.each(able('createPersona'))('a persona of %s sings where it was made', async (provider) => {
    const made = await post('/v1/personas', {
      track_id: track(provider).id,
      name: 'Night Radio',
      description: 'Warm close baritone',
    })
    expect(made).toMatchObject({ status: 200, body: { object: 'persona', provider, name: 'Night Radio' } })
    expect(catalogue.createPersona.result.parse(made.body)).toEqual(made.body)
    const song = await make(harness, { persona_id: made.body.id })
    expect([song.status, song.provider, song.warnings]).toEqual(['succeeded', provider, []])
  })

  test.each(able('createPersona'))(
    'a persona of what %s makes none of is refused before it is asked',
    async (provider) => {
      const answer = await harness.post('/v1/sounds', { description: 'Rain', routing: { provider } })
      const sound = await harness.ended(((await answer.json()) as Song).id)
      const before = await harness.ledgers()
      const body = { track_id: sound.tracks[0]!.id, name: 'x', description: 'y' }
      const refused = await post('/v1/personas', body)
      expect(refused).toMatchObject({ status: 422, body: { code: 'capability_unsupported', provider } })
      expect(refused.body.detail).toContain('generateSound')
      expect(await harness.ledgers()).toEqual(before)
    },
  )

  test('a persona of a provider without them is refused, naming who has them', async () => {
    const [lacking] = PROVIDERS.filter((provider) => !has(provider, 'createPersona'))
    const body = { track_id: track(lacking!).id, name: 'x', description: 'y' }
    const refused = await post('/v1/personas', body)
    expect(refused).toMatchObject({ status: 422, body: { code: 'capability_unsupported' } })
    for (const id of able('createPersona')) expect(refused.body.detail).toContain(id)
  })

  test.each(able('checkVoice'))('a voice of %s is asked for, each time anew', async (provider) => {
    const { voice_id } = voiceOf(provider)
    const before = await (await harness.call(`/v1/voices/${voice_id}`)).json()
    expect(before).toMatchObject({ status: 'ready', available: null, checked_at: null })
    const check = (key: string) =>
      harness.call(`/v1/voices/${voice_id}/checks`, { method: 'POST', headers: { 'idempotency-key': key } })
    const answers = [await check(`${provider}-1`), await check(`${provider}-1`), await check(`${provider}-2`)]
    const said = (await Promise.all(answers.map((each) => each.json()))) as Record<string, unknown>[]
    expect(said[0]).toMatchObject({ object: 'voice_check', voice_id, available: true })
    expect(catalogue.checkVoice.result.parse(said[0])).toEqual(said[0])
    expect(said[1]).toEqual(said[0])
    expect(answers.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true', null])
    const after = await (await harness.call(`/v1/voices/${voice_id}`)).json()
    expect(after).toMatchObject({ status: 'ready', available: true, checked_at: said[2]!.checked_at })
  })

  test('a voice that nobody has begun can not be asked for', async () => {
    const nowhere = voiceOf('udioapi').voice_id
    for (const what of ['checks', 'phrase'])
      expect(await post(`/v1/voices/${nowhere}/${what}`, {})).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
  })

  test('a style that is under way may be paid for: the same key is to ask again, and no other', async () => {
    const [provider] = able('enhanceStyle')
    const own = await startHarness({ only: [provider!], settings: { submitTimeout: 10_000 } })
    await own.fault(provider!, 'slow')
    const ask = () => own.post('/v1/styles/enhancements', { style: 'folk' }, { 'idempotency-key': 'held' })
    const first = ask()
    const under = async () => ((await (await own.call('/v1/tasks?status=running')).json()) as { data: unknown[] }).data
    await expect.poll(under).toHaveLength(1)
    const busy = { status: 409, code: 'not_ready', retryable: true, charged: true, repeatable: true }
    await expectProblem(await ask(), busy)
    expect((await first).status).toBe(200)
    expect((await ask()).headers.get('idempotency-replayed')).toBe('true')
    await own.stop()
  })

  test.each(able('enhanceStyle'))('a style is written out at %s', async (provider) => {
    const made = await post('/v1/styles/enhancements', { style: 'pop', routing: { provider } })
    expect(made.status).toBe(200)
    expect((made.body.style as string).length).toBeGreaterThan('pop'.length)
  })

  test.each(able('uploadAudio'))('a file goes to %s and is a source from then on', async (provider) => {
    const form = new FormData()
    // As large as a file may be: whoever keeps it can not keep it as one value of a database.
    const bytes = new Uint8Array(FILE_LIMIT)
    bytes.set(new Uint8Array(await (await fetch(track('kie').audio!.url)).arrayBuffer()))
    form.set('file', new File([bytes], 'take1.wav', { type: 'audio/wav' }))
    const other = PROVIDERS.find((each) => each !== provider && has(each, 'uploadAudio'))!
    await harness.fault(other, DOWN)
    const answer = await harness.call('/v1/uploads', { method: 'POST', body: form })
    await harness.fault(other, null)
    // Whoever refused is not asked again for a while, unless nobody remembers.
    if (DOWN !== 'refused') await harness.restart()
    const upload = (await answer.json()) as z.infer<typeof catalogue.uploadAudio.result> & Record<string, string>
    expect([answer.status, upload.provider]).toEqual([200, provider])
    expect(catalogue.uploadAudio.result.parse(upload)).toEqual(upload)
    expect(Buffer.from((await fetched(upload.url!)).bytes).equals(bytes)).toBe(true)
    const cover = await post('/v1/music/covers', {
      source: { upload_id: upload.id },
      description: 'the same as a waltz',
      routing: { provider: 'udioapi' },
    })
    expect((await harness.ended(cover.body.id as string)).status).toBe('succeeded')
  })

  test.each(able('uploadAudio'))('a URL is kept by %s', async (provider) => {
    const made = await post('/v1/uploads', { url: track('kie').audio!.url, routing: { provider } })
    expect(made).toMatchObject({ status: 200, body: { object: 'upload', provider } })
  })

  test.each(PROVIDERS)('a track made at %s before is taken up, and can be aligned', async (provider) => {
    const native = songs[provider].attempts[0]!.provider_task_id
    const taken = await post('/v1/tracks', { provider, provider_task_id: native, index: 1 })
    expect(taken).toMatchObject({ status: 200, body: { status: 'ready', provider, index: 1 } })
    expect(taken.body.provider_track_id).toBe(songs[provider].tracks[1]!.provider_track_id)
    const aligned = await harness.call(`/v1/tracks/${taken.body.id}/timestamped-lyrics`, { method: 'POST' })
    expect(aligned.status).toBe(200)
    const nowhere = await post('/v1/tracks', { provider, provider_task_id: native, index: 7 })
    expect(nowhere).toMatchObject({ status: 422, body: { code: 'track_index_out_of_range' } })
  })

  test('are listed as tasks', async () => {
    const { data } = (await (await harness.call('/v1/tasks?limit=100')).json()) as { data: Song[] }
    const seen = new Set(data.map(({ operation }) => operation))
    expect([...CALL_OPERATIONS, ...TASK_OPERATIONS].filter((operation) => !seen.has(operation))).toEqual([])
  })
})

describe('audio is taken apart', () => {
  const separated = async (source: object, routing: object) => {
    const answer = await harness.post('/v1/stems', { source, separation: 'vocals', routing })
    return { status: answer.status, body: (await answer.json()) as Pick<Song, 'id'> & Pick<Problem, 'detail'> }
  }

  test('only where it is taken: others are refused, naming who has it', async () => {
    const before = await harness.ledgers()
    const refused = await separated({ audio_url: AUDIO }, { provider: 'apibox' })
    expect(refused).toMatchObject({ status: 422, body: { code: 'capability_unsupported' } })
    expect(refused.body.detail).toContain('kie')
    expect(await harness.ledgers()).toEqual(before)
  })

  test('of a track whose provider can not, by its audio at another, and its notes are read there', async () => {
    const { id: track_id } = track('udioapi')
    const { body } = await separated({ track_id }, {})
    const stems = await harness.ended(body.id)
    expect([stems.status, stems.provider]).toEqual(['succeeded', 'kie'])
    const asked = await harness.post(`/v1/tracks/${track_id}/midi`, { stems_task_id: stems.id })
    const midi = await harness.ended(((await asked.json()) as Song).id)
    expect([midi.status, midi.provider]).toEqual(['succeeded', 'kie'])
    const other = await harness.post(`/v1/tracks/${track('kie').id}/midi`, { stems_task_id: stems.id })
    expect([other.status, ((await other.json()) as Problem).errors?.[0]?.code]).toEqual([422, 'task_unknown'])
  })
})

describe('a track goes to another provider by its audio', () => {
  test('when its own has no key for extensions', async () => {
    const answer = await harness.post('/v1/music/extensions', {
      source: { track_id: track('udioapi').id },
      ...words,
      continue_at_seconds: 20,
      routing: { provider: 'kie' },
    })
    const task = await harness.ended(((await answer.json()) as Song).id)
    expect([task.status, task.provider]).toEqual(['succeeded', 'kie'])
  })

  test('when its own refuses connections', async () => {
    await harness.fault('kie', 'refused')
    const answer = await harness.post('/v1/music/extensions', {
      source: { track_id: track('kie').id },
      ...words,
      continue_at_seconds: 20,
    })
    const task = await harness.ended(((await answer.json()) as Song).id)
    await harness.fault('kie', null)
    const attempts = task.attempts.map(({ provider, state }) => [provider, state])
    // It may have been sent, for all that Workers know.
    if (RUNTIME === 'workers') return expect(attempts).toEqual([['kie', 'unknown']])
    expect(attempts).toEqual([
      ['kie', 'not_sent'],
      [expect.not.stringContaining('kie'), 'accepted'],
    ])
    expect(task.status).toBe('succeeded')
  })
})

describe('minimax', () => {
  test('is a model like any other', async () => {
    const task = await make(harness, { model: 'minimax', bitrate: 128_000, sample_rate: 44_100 })
    expect([task.status, task.provider, task.model]).toEqual(['succeeded', 'udioapi', 'minimax'])
    expect(task.tracks).toHaveLength(1)
    expect(task.warnings.map(({ pointer }) => pointer)).toContain('/title')
  })
})

describe('an estimate', () => {
  test('names who would be asked and what it would cost, and nothing happens', async () => {
    const before = await harness.ledgers()
    const answer = await harness.post('/v1/estimates', {
      operation: 'coverMusic',
      request: { source: { track_id: track('kie').id }, model: 'v5' },
    })
    const estimate = await answer.json()
    expect(catalogue.estimate.result.parse(estimate)).toEqual(estimate)
    expect(estimate).toMatchObject({
      candidates: [
        { provider: 'kie', credits: 12, usd: 0.06 },
        { provider: 'apibox', usd: null },
        { provider: 'udioapi', credits: 12, usd: 0.12 },
      ],
      usd: { min: 0.06, max: 0.12 },
      unknown_prices: true,
    })
    expect(await harness.ledgers()).toEqual(before)
  })
})
