/** The registered providers, asked by the engine: what their tables make of a request, and of what they answer. */
import { describe, expect, it } from 'vitest'
import { adapters } from '../../src/registry.ts'
import { fixturesOf } from '../contract/fixtures.ts'
import { answer, fault, finishedSong, MINUTE, openWorld, type Script, START, type WorldOptions } from './world.ts'

const AUDIO = { audio_url: 'https://cdn.example.com/demo.mp3' }
const API: Readonly<Record<string, string>> = { kie: 'api.kie.ai', apibox: 'api.api.box' }

const ok = (data: unknown) => answer({ code: 200, msg: 'success', data })
const accepted = ok({ taskId: 'native-task' })
const at = (provider: string, path: string) => `${API[provider]} api/v1/${path}` as never
/** Everything below is accepted unless it says otherwise. */
const worldOf = (script: Record<string, unknown>, options: WorldOptions = {}) =>
  openWorld({ providers: adapters, script: script as Script, ...options })

/** A documented answer, of today. */
const documented = (provider: string, form: string, name: string) => {
  const { raw } = fixturesOf(adapters.find(({ id }) => id === provider)!).find(
    (each) => each.operation === form && each.name === name,
  )!
  return answer(JSON.parse(raw.replaceAll(/"createTime": \d+/g, `"createTime": ${START}`)).wire)
}

describe('a cover of a song without vocals', () => {
  it.each([
    ['apibox', 'poll-response-complete-instrumental'],
    ['kie', 'poll-response-complete-instrumental'],
  ])('has none at %s: what stands in the place of its words is not sung', async (provider, name) => {
    const world = worldOf({
      [at(provider, 'generate')]: [accepted],
      [at(provider, 'generate/record-info')]: [documented(provider, 'generateMusic', name)],
      [at(provider, 'generate/upload-cover')]: [accepted],
    })
    const routing = { provider }
    const { task, tracks } = await finishedSong(world, { routing, instrumental: true, lyrics: undefined })
    expect(task.tracks.map(({ lyrics }) => lyrics)).toEqual([null, null])
    await world.carryOut('coverMusic', { source: { track_id: tracks[0] }, routing })
    const said = world.said(at(provider, 'generate/upload-cover'))
    expect(said).toMatchObject({ customMode: true, instrumental: true })
    expect(said).not.toHaveProperty('prompt')
  })
})

describe.each(['kie', 'apibox'])('a voice at %s', (provider) => {
  const routing = { provider }
  const singing = { source: AUDIO, start_seconds: 0, end_seconds: 12, routing }
  const phrase = { taskId: 'native-phrase', validateInfo: 'Sing of the sea', status: 'wait_validating' }
  const script = {
    [at(provider, 'generate')]: [accepted],
    [at(provider, 'voice/validate')]: [ok({ taskId: 'native-phrase' })],
    [at(provider, 'voice/validate-info')]: [ok(phrase)],
    [at(provider, 'voice/regenerate')]: [ok({ taskId: 'native-phrase' })],
    [at(provider, 'voice/generate')]: [accepted],
  }

  it('names no callback URL that nobody answers: what is refused there breaks its record', async () => {
    const world = worldOf(script, { settings: { publicUrl: null } })
    const { result } = await world.carryOut('startVoice', singing)
    const { voice_id } = result as { voice_id: string }
    await world.carryOut('renewPhrase', { voice_id }, voice_id)
    await world.ask('confirmVoice', { source: AUDIO, voice_id }, voice_id)
    await world.create({ routing })
    await world.advance(MINUTE)
    const saying = (path: string, field = 'callBackUrl') => world.said(at(provider, path))?.[field]
    expect(world.said(at(provider, 'voice/generate'))).toMatchObject({ taskId: 'native-phrase' })
    expect([saying('voice/validate'), saying('voice/generate')]).toEqual([undefined, undefined])
    // Where it is demanded, and does no harm, a placeholder is named.
    expect([saying('voice/regenerate', 'calBackUrl'), saying('generate')]).toEqual([
      'https://tutti.invalid/callback',
      'https://tutti.invalid/callback',
    ])
  })

  it('names ours where there is one', async () => {
    const world = worldOf(script)
    await world.carryOut('startVoice', singing)
    const ours = expect.stringContaining(`https://tutti.example/cb/${provider}/`)
    expect(world.said(at(provider, 'voice/validate'))).toMatchObject({ callBackUrl: ours })
  })
})

describe('a voice that its model does not know', () => {
  const routing = { provider: 'kie' }
  const withVoice = async () => {
    const world = worldOf({
      [at('kie', 'generate')]: [accepted],
      [at('kie', 'voice/validate')]: [accepted],
      [at('kie', 'voice/validate-info')]: [
        ok({ taskId: 'native-task', validateInfo: 'Sing', status: 'wait_validating' }),
      ],
      [at('kie', 'voice/generate')]: [accepted],
      [at('kie', 'voice/record-info')]: [ok({ taskId: 'native-task', voiceId: 'native-voice', status: 'success' })],
    })
    const begun = await world.carryOut('startVoice', { source: AUDIO, start_seconds: 0, end_seconds: 12, routing })
    const { voice_id } = begun.result as { voice_id: string }
    await world.carryOut('confirmVoice', { source: AUDIO, voice_id }, voice_id)
    return { world, voice_id }
  }

  it('is warned about, and refused where nothing may be lost', async () => {
    const { world, voice_id } = await withVoice()
    const warned = async (model: 'v5.5' | 'v4.5') => {
      const { id } = await world.create({ voice_id, model, routing })
      await world.advance(MINUTE)
      return (await world.task(id)).warnings
    }
    expect(await warned('v5.5')).toEqual([])
    expect(await warned('v4.5')).toMatchObject([{ pointer: '/voice_id', code: 'parameter_ignored' }])
    const strict = { voice_id, model: 'v4.5' as const, routing: { ...routing, require_parameters: true } }
    await expect(world.create(strict)).rejects.toMatchObject({ code: 'capability_unsupported' })
  })
})

describe('a cover of an idea at api.box', () => {
  const cover = (model: string) => {
    const world = worldOf({ [at('apibox', 'generate/upload-cover')]: [accepted] })
    const request = { source: AUDIO, description: 'a slow waltz', model, routing: { provider: 'apibox' } }
    return { world, asked: world.ask('coverMusic', request) }
  }

  it.each(['v5.5', 'v6', 'v6-wild', 'v6-mini'])('is refused of %s, which would sing it', async (model) => {
    const { world, asked } = cover(model)
    await expect(asked).rejects.toMatchObject(fault('/description', 'forbidden'))
    expect(world.sent).toEqual([])
  })

  it('is an idea to the models before', async () => {
    const { world, asked } = cover('v5')
    await asked
    await world.advance(MINUTE)
    const said = world.said(at('apibox', 'generate/upload-cover'))
    expect(said).toMatchObject({ customMode: false, prompt: 'a slow waltz' })
  })
})

describe('what api.box may not have at all', () => {
  const missing = answer({ code: 404, msg: 'Not Found', data: null })
  const mashup = { sources: [AUDIO, AUDIO], description: 'both' }

  it('is asked of the next provider, and nothing is held against it', async () => {
    const world = worldOf({
      [at('apibox', 'generate/mashup')]: [missing],
      [at('kie', 'generate/mashup')]: [accepted],
    })
    const { id } = await world.ask('mashupMusic', { ...mashup, routing: { order: ['apibox', 'kie'] } })
    await world.advance(MINUTE)
    const { attempts } = await world.task(id)
    expect(attempts.map(({ provider, state, charged }) => [provider, state, charged])).toEqual([
      ['apibox', 'refused', 'no'],
      ['kie', 'accepted', 'yes'],
    ])
    const { data } = world.engine.listProviders()
    expect(data.find((each) => each.id === 'apibox')?.state).toBe('healthy')
  })

  it('is refused where there is nobody else, and not asked for again', async () => {
    const world = worldOf({ [at('apibox', 'generate/mashup')]: [missing] })
    const task = await world.carryOut('mashupMusic', { ...mashup, routing: { provider: 'apibox' } })
    expect(task).toMatchObject({ status: 'failed', error: { code: 'provider_rejected_request', provider: 'apibox' } })
    expect(world.count(at('apibox', 'generate/mashup'))).toBe(1)
  })
})
