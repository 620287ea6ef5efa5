/** The whole catalogue at the simulated upstreams: asked and read as the engine does it, and what was made is there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Adapter, Call } from '../../src/contract/adapter.ts'
import { CALL_FORMS, type Form, TASK_FORMS, type TaskForm } from '../../src/contract/operations.ts'
import type { TaskReference } from '../../src/contract/shapes.ts'
import { adapters } from '../../src/registry.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { isMusic } from '../../src/sandbox/recording.ts'
import { CUT } from '../../src/sandbox/upstream.ts'
import { isThere, type Order } from './made.ts'
import { CALLBACK, formsOf, type Stage, samples, stage } from './stage.ts'

const stages = new Map<string, Stage>()
beforeAll(async () => {
  for (const adapter of adapters) stages.set(adapter.id, await stage(adapter))
})
afterAll(() => {
  for (const { provider } of stages.values()) provider.close()
})
const at = (adapter: Adapter) => stages.get(adapter.id)!

/** Every URL of what was made leads to the upstream itself: none is left over from the documentation. */
const urlsIn = (value: unknown) => JSON.stringify(value).match(/https?:\/\/[^"\\]+/g) ?? []

describe.each(adapters)('$id', (adapter) => {
  beforeEach(() => {
    at(adapter).provider.refusals()
  })

  const COUNT: { readonly [F in TaskForm]?: number } = { replaceSection: 1, replaceAudioSection: 1, generateMinimax: 1 }

  it.each(formsOf(adapter, TASK_FORMS))('makes what %s asks for', async (form) => {
    const { provider, binding, submit, poll, lawful } = at(adapter)
    for (const [index, sample] of samples(adapter, form, 3).entries()) {
      const request: Order = { ...(await lawful(form, sample)), callback_url: CALLBACK }
      const before = (await provider.upstream.ledger()).accepted
      provider.posted.length = 0
      const id = await submit(form, request)
      expect((await provider.upstream.ledger()).accepted).toBe(before + 1)
      const early = await poll(form, id)
      expect([early.stage, early.failure]).toEqual(['submitted', null])
      provider.pass(200)
      const snapshot = await poll(form, id)
      expect(snapshot).toMatchObject({ stage: 'complete', failure: null })
      // Nothing of the documented message contradicts it, in keys that no table reads either.
      expect(provider.last() + provider.posted.map(({ body }) => body).join()).not.toMatch(/:"fail(ed)?"/i)
      expect([id, null]).toContain(snapshot.provider_task_id)
      expect(snapshot.tracks).toHaveLength(isMusic(form) ? (COUNT[form] ?? 2) : 0)
      expect(urlsIn(snapshot).filter((url) => !url.startsWith(provider.origin))).toEqual([])
      // Sound takes its time to be made: one of the three is listened to.
      if (index === 0) await isThere(form)(snapshot, request, at(adapter))
      const { callback } = binding(form)
      const told = callback === undefined ? [] : provider.posted.map(({ body }) => callback.parse(JSON.parse(body)))
      expect(told.at(-1)?.stage).toBe(callback === undefined ? undefined : 'complete')
      expect(urlsIn(told).filter((url) => !url.startsWith(provider.origin))).toEqual([])
    }
    expect(provider.refusals()).toEqual([])
  })

  it.each(formsOf(adapter, TASK_FORMS))('lets %s fail, with its words and by callback', async (form) => {
    const { provider, binding, done, lawful } = at(adapter)
    const request = { ...(await lawful(form, samples(adapter, form, 1)[0]!)), callback_url: CALLBACK }
    const ends = ['fails', 'fails_content', 'fails_refunded'] as const
    for (const fault of ends.filter((each) => provider.upstream.offered.includes(each))) {
      provider.posted.length = 0
      provider.upstream.faults.set(fault, 1)
      const { snapshot } = await done(form, request)
      expect([snapshot.stage, snapshot.failure === null]).toEqual(['failed', false])
      const { callback } = binding(form)
      if (callback === undefined) continue
      expect(callback.parse(JSON.parse(provider.posted.at(-1)!.body)).stage).toBe('failed')
    }
  })

  const refused = async (form: Form, call: Call<unknown, unknown>, request: Order, fault: Fault) => {
    const { provider, ask } = at(adapter)
    provider.pass(10)
    provider.upstream.faults.set(fault, 1)
    const before = await provider.upstream.ledger()
    const outcome = await ask(form, call, request)
    expect(await provider.upstream.ledger()).toEqual(before)
    return outcome.class === 'accepted' ? 'accepted' : outcome.failure.code
  }
  it.each(formsOf(adapter, TASK_FORMS))('refuses %s in the words of its page', async (form) => {
    const { binding, lawful } = at(adapter)
    const request = { ...(await lawful(form, samples(adapter, form, 1)[0]!)), callback_url: CALLBACK }
    const { submit } = binding(form)
    expect(await refused(form, submit, request, 'no_credits')).toBe('provider_credits_exhausted')
    expect(await refused(form, submit, request, 'rate_limited')).toBe('provider_rate_limited')
    expect(await refused(form, submit, request, 'unauthorized')).toBe('provider_auth_failed')
    expect(await refused(form, submit, request, 'server_error')).toBe('submission_unconfirmed')
  })

  const NAMING = formsOf(adapter, TASK_FORMS).filter((form) =>
    samples(adapter, form, 1).some((each) => 'provider_task_id' in each || 'provider_track_id' in each),
  )
  it.each(NAMING)('does not take %s of what it has not made, or lets it fail', async (form) => {
    const { provider, binding, ask, poll, lawful } = at(adapter)
    const names = { provider_task_id: 'unknown', provider_track_id: 'unknown' }
    const request = { ...(await lawful(form, samples(adapter, form, 1)[0]!)), ...names, callback_url: CALLBACK }
    provider.pass(10)
    const before = (await provider.upstream.ledger()).accepted
    const outcome = await ask(form, binding(form).submit, request)
    if (outcome.class === 'accepted') {
      expect(isMusic(form)).toBe(true)
      provider.pass(200)
      expect((await poll(form, (outcome.response as TaskReference).provider_task_id)).stage).toBe('failed')
    } else {
      expect([outcome.class, outcome.failure.code]).toEqual(['refused', 'provider_rejected_request'])
      expect((await provider.upstream.ledger()).accepted).toBe(before)
    }
  })

  it.each(formsOf(adapter, CALL_FORMS))('answers %s', async (form) => {
    const { provider, ask, lawful } = at(adapter)
    const { call } = adapter.operations[form] as { call: Call<unknown, unknown> }
    const before = await provider.upstream.ledger()
    for (const sample of samples(adapter, form, 3)) {
      const outcome = await ask(form, call, await lawful(form, sample))
      expect(outcome).toMatchObject({ class: 'accepted' })
    }
    const { purchases, alignments } = await provider.upstream.ledger()
    const paid = ['alignLyrics', 'createPersona', 'enhanceStyle'].includes(form) ? 3 : 0
    expect([purchases - before.purchases, alignments - before.alignments]).toEqual([
      paid,
      form === 'alignLyrics' ? 3 : 0,
    ])
    expect(provider.refusals()).toEqual([])
  })

  it.each(formsOf(adapter, CALL_FORMS).filter((form) => form !== 'getCredits'))(
    'does %s, and loses the answer on its way',
    async (form) => {
      const { provider, ask, lawful } = at(adapter)
      const { call } = adapter.operations[form] as { call: Call<unknown, unknown> }
      const paid = ['alignLyrics', 'createPersona', 'enhanceStyle'].includes(form) ? 1 : 0
      const asked = async (fault: Fault) => {
        const request = await lawful(form, samples(adapter, form, 1)[0]!)
        const before = (await provider.upstream.ledger()).purchases
        provider.upstream.faults.set(fault, 1)
        const outcome = await ask(form, call, request).catch((error: unknown) => error)
        const { purchases } = await provider.upstream.ledger()
        expect([purchases - before, provider.upstream.faults.on()]).toEqual([paid, null])
        return outcome
      }
      expect(await asked('answer_lost')).toBe(CUT)
      expect(await asked('malformed')).toMatchObject({ class: 'unknown' })
    },
  )

  it('loses no refusal of a call, and no balance', async () => {
    const { provider, ask } = at(adapter)
    const { alignLyrics, getCredits } = adapter.operations
    const unknown = { provider_task_id: 'unknown', provider_track_id: 'unknown', track_index: 0 }
    for (const fault of ['answer_lost', 'malformed'] as const) {
      provider.upstream.faults.set(fault, 1)
      expect(await ask('alignLyrics', alignLyrics!.call, unknown)).toMatchObject({ class: 'refused' })
      expect(await ask('getCredits', getCredits!.call, {})).toMatchObject({ class: 'accepted' })
      expect(provider.upstream.faults.on()).toBe(fault)
    }
    provider.upstream.faults.set(null, null)
  })
})

describe('a route', () => {
  const [kie] = adapters
  const wav = async (of: Stage) => ({ ...(await of.another()), callback_url: CALLBACK })

  it('knows only jobs of its own forms, and songs of every form that shares it', async () => {
    const here = at(kie!)
    const id = await here.submit('convertToWav', await wav(here))
    await expect(here.poll('generateMusic', id)).rejects.toThrow('absent')
    expect((await here.poll('convertToWav', id)).stage).toBe('submitted')
    const sound = await here.submit('generateSound', samples(kie!, 'generateSound', 1)[0]!)
    expect((await here.poll('generateMusic', sound)).tracks).toEqual([])
  })

  it('takes as many submits as the page says, whatever their form', async () => {
    const { provider, binding, ask, track } = at(kie!)
    provider.pass(20)
    const { submits } = kie!.limits
    const forms = ['separateStems', 'createVideo'] as const
    const codes: unknown[] = []
    for (let sent = 0; sent <= submits!.count; sent++) {
      const form = forms[sent % 2]!
      const outcome = await ask(form, binding(form).submit, { ...track, separation: 'vocals', callback_url: CALLBACK })
      codes.push(outcome.class === 'accepted' ? 'accepted' : outcome.failure.code)
    }
    expect(codes.slice(0, -1).every((code) => code === 'accepted')).toBe(true)
    expect(codes.at(-1)).toBe('provider_rate_limited')
  })

  it('takes money once where the answer to a follow-up is lost', async () => {
    const here = at(kie!)
    here.provider.pass(20)
    const request = await wav(here)
    here.provider.upstream.faults.set('answer_lost', 1)
    const before = await here.provider.upstream.ledger()
    await expect(here.submit('convertToWav', request)).rejects.toBe(CUT)
    const { accepted, credits } = await here.provider.upstream.ledger()
    expect([accepted - before.accepted, credits - before.credits]).toEqual([1, expect.closeTo(0.4)])
  })
})

describe('a voice', () => {
  const [kie] = adapters

  it('has another phrase each time it is renewed, and the last one can be sung', async () => {
    const { begun, done } = at(kie!)
    const phrases = [(begun!.snapshot.result as { phrase: string }).phrase]
    let provider_task_id = begun!.id
    for (let turn = 0; turn < 3; turn += 1) {
      const { id, snapshot } = await done('renewPhrase', { provider_task_id, callback_url: CALLBACK })
      phrases.push((snapshot.result as { phrase: string }).phrase)
      provider_task_id = id
    }
    for (const [index, phrase] of phrases.slice(1).entries()) expect(phrase).not.toBe(phrases[index])
    const audio_url = 'https://files.example/phrase.mp3'
    const made = await done('confirmVoice', { provider_task_id, audio_url, callback_url: CALLBACK })
    expect(made.snapshot.stage).toBe('complete')
  })

  it('is available once it is made, and unknown where there is none', async () => {
    const { ask, begun, provider, submit } = at(kie!)
    provider.pass(20)
    const { call } = kie!.operations.checkVoice!
    const check = async (id: string) => {
      const outcome = await ask('checkVoice', call as Call<unknown, unknown>, { provider_task_id: id })
      return outcome.class === 'accepted' ? outcome.response : outcome.failure.code
    }
    const audio_url = 'https://files.example/phrase.mp3'
    const id = await submit('confirmVoice', { provider_task_id: begun!.id, audio_url, callback_url: CALLBACK })
    expect(await check(id)).toEqual({ available: false })
    provider.pass(200)
    expect(await check(id)).toEqual({ available: true })
    expect(await check(begun!.id)).toBe('provider_rejected_request')
  })
})

describe('an upload', () => {
  const [kie] = adapters
  const upload = async (form: 'uploadAudio' | 'uploadFromUrl', request: unknown) => {
    const { ask } = at(kie!)
    const outcome = await ask(form, kie!.operations[form]!.call as Call<unknown, { url: string }>, request)
    if (outcome.class !== 'accepted') throw new Error(JSON.stringify(outcome))
    return outcome.response
  }

  it('gives its bytes back', async () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, index) => index * 3)
    const content_base64 = Buffer.from(bytes).toString('base64')
    const report = await upload('uploadAudio', { content_base64, folder: 'tutti', file_name: 'take.mp3' })
    expect(report).toMatchObject({ file_name: 'take.mp3', size_bytes: 70, media_type: 'audio/mpeg' })
    expect(await at(kie!).provider.file(report.url)).toEqual({ bytes, type: 'audio/mpeg' })
  })

  const bytesAt = async (url: string) => [...(await at(kie!).provider.file(url)).bytes]
  const kept = (byte: number, place: object) =>
    upload('uploadAudio', { content_base64: btoa(String.fromCharCode(byte)), ...place })

  it('of the same folder and name takes the place of the one before, and no other', async () => {
    const place = { folder: 'tutti', file_name: 'same.mp3' }
    const [first, elsewhere, named] = [
      await kept(1, place),
      await kept(2, { ...place, folder: 'other' }),
      await kept(3, { ...place, file_name: 'other.mp3' }),
    ]
    const second = await kept(4, place)
    expect(second).toEqual(first)
    expect(new Set([first.url, elsewhere.url, named.url]).size).toBe(3)
    expect(await Promise.all([first, elsewhere, named].map(({ url }) => bytesAt(url)))).toEqual([[4], [2], [3]])
    const [one, two] = [await kept(5, { folder: 'tutti' }), await kept(6, { folder: 'tutti' })]
    expect([await bytesAt(one.url), await bytesAt(two.url)]).toEqual([[5], [6]])
  })

  it('of a link leads there', async () => {
    const url = 'https://cdn.example.com/song.mp3'
    const report = await upload('uploadFromUrl', { url, folder: 'tutti' })
    const answer = await at(kie!).provider.upstream.fetch(new Request(report.url))
    expect([answer.status, answer.headers.get('location')]).toEqual([302, url])
  })
})

describe('a derived song', () => {
  it('has the words of its source where nothing else is said', async () => {
    const { done, song, track } = at(adapters[0]!)
    const request = { ...track, mode: 'inherit', model: 'v5', callback_url: CALLBACK }
    const { snapshot } = await done('extendMusic', request)
    const { title, lyrics, style, duration_seconds } = song.tracks[1]!
    expect(snapshot.tracks[0]).toMatchObject({ title, lyrics, style })
    expect(snapshot.tracks[0]!.duration_seconds).toBeGreaterThan(duration_seconds!)
  })
})
